"""Trades and targets in, alerts out.

core        which trades deserve an alert; beside it rules (the life cycle), watched (one symbol on one day), hindsight
            (what nobody saw), wobbles (reached again while a rule rests), statuses (halts and the like). Pure
waiting     what a rule waits for, for whoever asks      questions   on the control port
shell       the process: no trade missed, written, then rung for
store       evaluator's database, and what it reads of others'       told   where its own record is gone
diary       what is noted of a day      replay   the day decided again
base_prices     analyst is asked to look again
"""
