"""Numbers and a wish in, a picture out.

drawing       the year of an alert: what is to be seen. Pure, as are day (its minutes), sheet, backtest
orders        what is said to the child process
core          which picture is drawn next, and which need not be
client        what analyst knows
requests      pictures that somebody asks for on the control socket
shell         the process
worker        the child process in which alone matplotlib lives; it ends after ten idle minutes
render        paints a year; day_painter, sheet_painter and backtest_painter the others
"""
