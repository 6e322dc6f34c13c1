"""Who let whom wait: one rule over what happened."""

from datetime import UTC, datetime, timedelta

from pilots.waiting import Happening, Waited, waited

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def on(day: float, matter: str, what: str) -> Happening:
    return Happening(matter, what, START + timedelta(days=day))


def after(day: float, *happened: Happening) -> Waited:
    return waited(happened, START + timedelta(days=day))


def test_a_day_on_which_two_matters_wait_for_the_same_side_counts_once() -> None:
    accepting = [on(0, "m1", "milestone.delivered"), on(5, "m1", "milestone.accepted"), on(6, "m1", "milestone.paid")]
    deciding = [on(3, "pilot", "pilot.evaluated"), on(9, "pilot", "pilot.gate_decided")]
    assert after(20, *accepting, *deciding) == Waited(council=9, supplier=1)
    assert after(20, *reversed([*accepting, *deciding])) == Waited(council=9, supplier=1)
    assert after(4, *accepting, *deciding) == Waited(council=4)
    assert after(20) == Waited()


def test_work_handed_in_before_its_day_is_never_late_and_given_back_it_is_the_suppliers() -> None:
    in_time = [on(1, "m1", "milestone.delivered"), on(2, "m1", "milestone.accepted"), on(4, "m1", "milestone.due")]
    assert after(6, *in_time, on(5, "m1", "milestone.paid")) == Waited(council=1, supplier=3)
    given_back = [on(0, "m1", "milestone.due"), on(2, "m1", "milestone.delivered"), on(3, "m1", "milestone.returned")]
    assert after(7, *given_back) == Waited(council=1, supplier=6)


def test_work_that_is_undone_waits_for_nobody_once_the_pilot_is_over_and_payment_does() -> None:
    late, ended = on(0, "m1", "milestone.due"), on(2, "pilot", "pilot.ended_early")
    returned = [on(3, "m2", "milestone.delivered"), on(5, "m2", "milestone.returned")]
    assert after(9, late, ended, on(4, "m3", "milestone.due")) == Waited(supplier=2)
    assert after(9, late, ended, *returned) == Waited(council=2, supplier=2)
    assert after(9, ended, on(1, "m4", "milestone.delivered"), on(6, "m4", "milestone.accepted")) == Waited(5, 3)


def test_a_clause_waits_until_it_is_met_and_for_nobody_once_the_pilot_is_over() -> None:
    not_met = [on(0, "clause SE-02", "clause:not_met"), on(1, "clause SE-02", "clause:unchecked")]
    gathered = on(4, "clause SE-02", "clause:to_confirm")
    assert after(6, *not_met, gathered) == Waited(council=2, supplier=4)
    assert after(9, *not_met, gathered, on(7, "pilot", "pilot.closed")) == Waited(council=3, supplier=4)
    met = on(3, "clause SE-02", "clause:met")
    assert after(9, *not_met, met, gathered) == Waited(supplier=3)


def test_only_an_extension_that_was_decided_waits_for_the_council_after_the_gate() -> None:
    decided = on(2, "pilot", "pilot.gate_decided:extend"), on(5, "pilot", "pilot.extended")
    assert after(9, *decided) == Waited(council=3)
    assert after(9, on(0, "pilot", "pilot.planned"), on(1.5, "pilot", "pilot.registered")) == Waited(council=1)


def test_what_an_end_asks_for_waits_for_the_council_and_what_is_still_there_for_the_supplier() -> None:
    asked = [on(1, f"end {item}", "end.asked") for item in ("removal", "lessons")]
    ended = [on(0, "pilot", "pilot.started"), on(1, "pilot", "pilot.ended_early"), *asked]
    assert after(5, *ended) == Waited(council=4)
    written, there = on(5, "end lessons", "end.recorded"), on(3, "end removal", "end.still_there")
    assert after(9, *ended, written, there) == Waited(council=4, supplier=6)
    assert after(20, *ended, written, there, on(10, "end removal", "end.recorded")) == Waited(council=4, supplier=7)
