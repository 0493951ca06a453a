"""What KIS (Korea Investment & Securities Open API) is: frames, codes, REST, call budgets. No process.

frames     data frames of the WebSocket -> trades          messages   its JSON texts: requests, answers, PINGPONG
codes      each OPSP and EGW code -> what we do            rest       what all REST calls share; then, by subject:
issuance, prices, daily_bars, minute_bars                  requests as values, answers -> Structs
fields     one field of a record -> a checked value        records    one record -> `Trade`
masters    master files (.mst, .cod) -> listings          downloads  gets them over HTTP
budget     how often KIS may be called, pure               client     the REST client; tokens come from feed's store
"""
