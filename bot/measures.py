"""What is counted for Prometheus; no label ever names a person, a call or a request."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

ACKS = Histogram(
    "steward_ack_seconds", "Time until a chat platform had its answer", ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3),
)  # fmt: skip
REFUSED_AT_THE_WALL = Counter("steward_forged_total", "Requests turned away before anyone looked at them", ["why"])
DELIVERIES = Counter("steward_deliveries_total", "Effects by kind and outcome", ["kind", "outcome"])
DELIVERY_FAULTS = Counter("steward_delivery_faults_total", "Faults of ours that the delivery outlived", ["where"])
LETTERS = Counter("steward_letters_total", "Letters to customers by what became of them", ["outcome"])
OUTAGES = Counter("steward_outages_total", "A chat platform refused the bot itself", ["code"])
ALARMS_UNHEARD = Counter("steward_alarms_unheard_total", "Alarms of which no one could be told")
QUEUED = Gauge("steward_outbox_queued", "Effects that wait to be done")
RECORDINGS = Gauge("steward_recordings", "Recordings in the register", ["state"])
TICK_FAULTS = Counter("steward_tick_faults_total", "Pieces of the clock's work that failed", ["part"])
WORK_FAULTS = Counter(
    "steward_work_faults_total", "Work without an end that ended by a fault, and began again", ["work"]
)
COPIES = Counter("steward_customer_pages_total", "What came of it on the pages of customers' copies", ["outcome"])
READY = Gauge("steward_ready", "1 where work may be taken")
CLOCK_TRUSTED = Gauge("steward_clock_trusted", "1 where the clock is trusted with what can't be undone")
AGES = {
    "last_tick": Gauge("steward_last_tick_seconds", "Since the clock's work was last done"),
    "oldest_due_effect": Gauge("steward_oldest_due_effect_seconds", "Since the oldest effect that waits was due"),
    "oldest_waiting_write": Gauge(
        "steward_oldest_waiting_write_seconds", "For which the oldest change waits to be stored"
    ),
    "last_delivery": Gauge("steward_last_delivery_seconds", "Since the outbox was last looked at"),
    "chat_unheard": Gauge("steward_chat_unheard_seconds", "For which a chat that is heard by a socket had none open"),
}
"""By their names in the answer of `/readyz`."""
PARTS = Gauge(
    "steward_part_seconds", "Since a part of the clock's work was last done, from its beginning to its end", ["part"]
)
UNREADABLE = Gauge("steward_unreadable_rows", "Rows of the database that can't be read")
LOG_BREAKS = Gauge("steward_log_breaks", "What did not fit when the audit log was last verified")
LOG_VERIFIED = Gauge(
    "steward_log_verified_timestamp_seconds", "When the audit log was last verified, with the journal, in Unix time"
)
JOURNAL_NOTED = Gauge("steward_journal_noted_timestamp_seconds", "When the journal was last up to date, in Unix time")

# Prometheus sees an increase only of what it saw before: a counter whose labels are known begins at 0, not at its first 1.
WHERE_DELIVERY_FAULTS = ("take", "do", "write")
OUTCOMES_OF_LETTERS = ("accepted", "put_off", "refused", "not_known")
for _one in WHERE_DELIVERY_FAULTS:
    DELIVERY_FAULTS.labels(_one)
for _one in OUTCOMES_OF_LETTERS:
    LETTERS.labels(_one)
