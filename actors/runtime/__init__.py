"""What an actor is made of: life cycle, ports, clock, heartbeat, configuration, logging. No domain, no process.

a life       process     from the configuration to the exit code      actor    what a shell is handed, and how it is
             lock, dead_man, boot, errors, supervisor
settings     config, complaints (what is wrong, in words), logs, clock, backoff
to others    ports       publish, send, ask, and the work loop        inlet    one socket of it
             endpoints, control (questions in JSON), letters          visitor  the way of `sigmactl`
what passes  streams     whether a message was missed                 replays, ring    telling again
what stays   mirror      another's database as last read              news     whether to read it again
the store    store       a writer's database, or another's            writer, plain_reader   with less around it
             database_file
the day      recorder, recordings
beside work  tasks       in the event loop    crew  in threads    worker, worker_child  in a child process
             trust       whom HTTPS believes
"""
