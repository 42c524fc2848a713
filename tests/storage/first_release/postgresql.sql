-- The tables of release 0.1.0. They never change: test_upgrade brings a database that has them up to date.

CREATE TABLE audit (
    seq INTEGER NOT NULL,
    at VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    clause VARCHAR NOT NULL,
    detail JSON NOT NULL,
    marks JSON NOT NULL,
    previous VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    seal VARCHAR NOT NULL,
    journal INTEGER NOT NULL,
    PRIMARY KEY (seq)
);

CREATE INDEX ix_audit_subject ON audit (subject);

CREATE TABLE audit_head (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    hash VARCHAR NOT NULL,
    probe INTEGER DEFAULT '0' NOT NULL,
    policy VARCHAR DEFAULT '' NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE breach_marks (
    mark VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    counter INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (mark)
);

CREATE TABLE breach_parts (
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    sealed BYTEA NOT NULL,
    report_id VARCHAR NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    number INTEGER NOT NULL,
    PRIMARY KEY (name)
);

CREATE INDEX breach_parts_due ON breach_parts (kind, due_at);

CREATE INDEX ix_breach_parts_report_id ON breach_parts (report_id);

CREATE TABLE breach_reports (
    id VARCHAR NOT NULL,
    receipt VARCHAR NOT NULL,
    own VARCHAR NOT NULL,
    rule_wrap BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (receipt),
    UNIQUE (own)
);

CREATE TABLE breach_sights (
    report_id VARCHAR NOT NULL,
    reader VARCHAR NOT NULL,
    trace VARCHAR NOT NULL,
    wrap BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (report_id, reader),
    UNIQUE (trace)
);

CREATE TABLE deadlines (
    subject VARCHAR NOT NULL,
    moments JSON NOT NULL,
    done JSON NOT NULL,
    kind VARCHAR NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (subject)
);

CREATE INDEX deadlines_open ON deadlines (due_at, kind, subject) WHERE due_at IS NOT NULL;

CREATE TABLE inbox (
    id SERIAL NOT NULL,
    platform VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    press TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    leased_until TIMESTAMP WITH TIME ZONE,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id)
);

CREATE INDEX inbox_of_account ON inbox (platform, account_id, id);

CREATE TABLE master_keys (
    id VARCHAR NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    root BYTEA NOT NULL,
    until TIMESTAMP WITH TIME ZONE,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id)
);

CREATE TABLE operators (
    key VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    department VARCHAR NOT NULL,
    PRIMARY KEY (key, name, department)
);

CREATE TABLE page_looks (
    id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    looked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    answer VARCHAR NOT NULL,
    reasons JSON NOT NULL,
    digest VARCHAR NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (number)
);

CREATE TABLE people (
    id SERIAL NOT NULL,
    email_key VARCHAR NOT NULL,
    email VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    zone VARCHAR NOT NULL,
    standing VARCHAR NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE,
    prefers VARCHAR NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email_key)
);

CREATE TABLE policy_texts (
    number INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    text TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (number)
);

CREATE TABLE seen (
    key VARCHAR NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (key)
);

CREATE INDEX ix_seen_at ON seen (at);

CREATE TABLE unregistered_files (
    id SERIAL NOT NULL,
    system VARCHAR NOT NULL,
    native_id TEXT NOT NULL,
    why VARCHAR NOT NULL,
    stamp VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    modified TIMESTAMP WITH TIME ZONE,
    first_seen TIMESTAMP WITH TIME ZONE NOT NULL,
    over_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id)
);

CREATE INDEX unregistered_open ON unregistered_files (system, id) WHERE over_at IS NULL;

CREATE TABLE absences (
    id VARCHAR NOT NULL,
    person_id INTEGER NOT NULL,
    first DATE NOT NULL,
    last DATE NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_absences_last ON absences (last);

CREATE INDEX ix_absences_person_id ON absences (person_id);

CREATE TABLE accounts (
    platform VARCHAR NOT NULL,
    account_id VARCHAR NOT NULL,
    person_id INTEGER,
    email_key VARCHAR NOT NULL,
    standing VARCHAR NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reference JSON NOT NULL,
    home_at TIMESTAMP WITH TIME ZONE,
    set_aside VARCHAR NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (platform, account_id),
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_accounts_email_key ON accounts (email_key);

CREATE INDEX ix_accounts_person_id ON accounts (person_id);

CREATE TABLE alarms (
    id VARCHAR NOT NULL,
    alarm VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    why VARCHAR NOT NULL,
    words TEXT NOT NULL,
    person_id INTEGER,
    state VARCHAR NOT NULL,
    raised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_alarms_alarm ON alarms (alarm);

CREATE INDEX ix_alarms_subject ON alarms (subject);

CREATE TABLE copies (
    matter VARCHAR NOT NULL,
    person_id INTEGER NOT NULL,
    platform VARCHAR NOT NULL,
    conversation VARCHAR NOT NULL,
    message VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    drawn_at TIMESTAMP WITH TIME ZONE NOT NULL,
    seal VARCHAR NOT NULL,
    PRIMARY KEY (matter, person_id),
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_copies_person_id ON copies (person_id);

CREATE TABLE former_addresses (
    id SERIAL NOT NULL,
    email_key VARCHAR NOT NULL,
    person_id INTEGER NOT NULL,
    left_at TIMESTAMP WITH TIME ZONE NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (email_key),
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_former_addresses_person_id ON former_addresses (person_id);

CREATE TABLE matters (
    id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    state VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    line VARCHAR NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE,
    promise JSON,
    closed_at TIMESTAMP WITH TIME ZONE,
    key VARCHAR,
    begun_by INTEGER,
    found_by VARCHAR NOT NULL,
    decided_by INTEGER,
    sealed BYTEA,
    wrap BYTEA,
    words_erased_at TIMESTAMP WITH TIME ZONE,
    erasure_shown BOOLEAN NOT NULL,
    body JSON NOT NULL,
    mark_salt BYTEA NOT NULL,
    reason VARCHAR,
    longer BOOLEAN,
    about VARCHAR,
    live VARCHAR,
    call_id TEXT,
    PRIMARY KEY (id),
    UNIQUE (key),
    FOREIGN KEY(begun_by) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(decided_by) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX matters_alike ON matters (begun_by, found_by);

CREATE INDEX matters_by_kind ON matters (kind, state, asked_at);

CREATE INDEX matters_live ON matters (id) WHERE live IN ('asked', 'still', 'off');

CREATE INDEX matters_stuck ON matters (asked_at) WHERE state = 'stuck';

CREATE INDEX matters_unshown ON matters (id) WHERE words_erased_at IS NOT NULL AND NOT erasure_shown;

CREATE INDEX matters_with_words ON matters (closed_at, id) WHERE wrap IS NOT NULL AND closed_at IS NOT NULL;

CREATE TABLE outages (
    id VARCHAR NOT NULL,
    first DATE NOT NULL,
    last DATE NOT NULL,
    lines JSON NOT NULL,
    why TEXT NOT NULL,
    entered_by INTEGER NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by INTEGER,
    ended_why TEXT NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(entered_by) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(ended_by) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE outbox (
    id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    person_id INTEGER NOT NULL,
    payload JSON NOT NULL,
    queued_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    once VARCHAR,
    state VARCHAR NOT NULL,
    lane VARCHAR DEFAULT '' NOT NULL,
    turn VARCHAR DEFAULT 'next' NOT NULL,
    attempts INTEGER NOT NULL,
    code VARCHAR NOT NULL,
    platform VARCHAR NOT NULL,
    leased_until TIMESTAMP WITH TIME ZONE,
    done_at TIMESTAMP WITH TIME ZONE,
    seal VARCHAR NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX outbox_due ON outbox (turn, due_at, id) WHERE state = 'queued';

CREATE INDEX outbox_lanes ON outbox (person_id, lane, turn, id) WHERE state = 'queued';

CREATE UNIQUE INDEX outbox_once ON outbox (once) WHERE once IS NOT NULL;

CREATE TABLE recordings (
    id SERIAL NOT NULL,
    system VARCHAR NOT NULL,
    native_id TEXT NOT NULL,
    stamp VARCHAR NOT NULL,
    line VARCHAR NOT NULL,
    direction VARCHAR NOT NULL,
    caller VARCHAR NOT NULL,
    operator_name VARCHAR NOT NULL,
    operator_key VARCHAR NOT NULL,
    department VARCHAR NOT NULL,
    started TIMESTAMP WITH TIME ZONE NOT NULL,
    local_day VARCHAR NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    crm VARCHAR NOT NULL,
    media_type VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    state VARCHAR NOT NULL,
    found_by TEXT NOT NULL,
    peaks JSON,
    audio VARCHAR NOT NULL,
    erase_at TIMESTAMP WITH TIME ZONE,
    modified TIMESTAMP WITH TIME ZONE,
    seen_at TIMESTAMP WITH TIME ZONE,
    operator_id INTEGER,
    folder VARCHAR COLLATE "C" NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (system, native_id),
    FOREIGN KEY(operator_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_recordings_local_day ON recordings (local_day);

CREATE INDEX recordings_by_caller ON recordings (caller, local_day);

CREATE INDEX recordings_by_folder ON recordings (system, folder, state);

CREATE INDEX recordings_by_moment ON recordings (state, erase_at);

CREATE INDEX recordings_by_operator ON recordings (operator_id, started);

CREATE INDEX recordings_found_by_department ON recordings (department, started) WHERE state = 'present';

CREATE INDEX recordings_found_by_line ON recordings (line, direction, started) WHERE state = 'present';

CREATE INDEX recordings_found_by_operator ON recordings (operator_key, started) WHERE state = 'present';

CREATE INDEX recordings_newest ON recordings (state, started);

CREATE TABLE customer_letters (
    id VARCHAR NOT NULL,
    matter_id VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    sealed BYTEA NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state VARCHAR NOT NULL,
    attempts INTEGER NOT NULL,
    answer VARCHAR NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE,
    link VARCHAR NOT NULL,
    code VARCHAR,
    gives VARCHAR NOT NULL,
    passcode VARCHAR NOT NULL,
    passcodes INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    session VARCHAR NOT NULL,
    session_ends_at TIMESTAMP WITH TIME ZONE,
    opened_at TIMESTAMP WITH TIME ZONE,
    fetched_at TIMESTAMP WITH TIME ZONE,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(matter_id) REFERENCES matters (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (message_id),
    UNIQUE (code)
);

CREATE INDEX customer_letters_due ON customer_letters (state, next_at);

CREATE INDEX customer_letters_unopened ON customer_letters (matter_id) WHERE link IN ('live', 'locked') AND opened_at IS NULL;

CREATE INDEX ix_customer_letters_matter_id ON customer_letters (matter_id);

CREATE TABLE declined_recordings (
    id SERIAL NOT NULL,
    matter_id VARCHAR NOT NULL,
    system VARCHAR NOT NULL,
    native_id TEXT NOT NULL,
    recording_id INTEGER,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(matter_id) REFERENCES matters (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(recording_id) REFERENCES recordings (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX declined_recordings_by_name ON declined_recordings (system, native_id);

CREATE INDEX ix_declined_recordings_matter_id ON declined_recordings (matter_id);

CREATE INDEX ix_declined_recordings_recording_id ON declined_recordings (recording_id);

CREATE TABLE erasures (
    id VARCHAR NOT NULL,
    why VARCHAR NOT NULL,
    moment TIMESTAMP WITH TIME ZONE NOT NULL,
    closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    next_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recording_id INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    tries INTEGER NOT NULL,
    trouble VARCHAR NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE,
    answered_at TIMESTAMP WITH TIME ZONE,
    erased_at TIMESTAMP WITH TIME ZONE,
    vanished_at TIMESTAMP WITH TIME ZONE,
    policy_text INTEGER,
    how TEXT NOT NULL,
    unseen TEXT NOT NULL,
    native_hash VARCHAR NOT NULL,
    audio_hash VARCHAR NOT NULL,
    size_hash VARCHAR DEFAULT '' NOT NULL,
    pause VARCHAR DEFAULT '' NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(recording_id) REFERENCES recordings (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX erasures_by_pause ON erasures (pause, erased_at);

CREATE INDEX erasures_newest ON erasures (erased_at, id);

CREATE UNIQUE INDEX erasures_once ON erasures (recording_id, why, closed_at);

CREATE INDEX erasures_open ON erasures (next_at, id) WHERE erased_at IS NULL AND vanished_at IS NULL;

CREATE INDEX ix_erasures_audio_hash ON erasures (audio_hash);

CREATE INDEX ix_erasures_native_hash ON erasures (native_hash);

CREATE INDEX ix_erasures_recording_id ON erasures (recording_id);

CREATE INDEX ix_erasures_size_hash ON erasures (size_hash);

CREATE TABLE grants (
    id VARCHAR NOT NULL,
    matter_id VARCHAR NOT NULL,
    person_id INTEGER NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_by INTEGER,
    ended_why VARCHAR NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (matter_id),
    FOREIGN KEY(matter_id) REFERENCES matters (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(ended_by) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX grants_in_force ON grants (ends_at, matter_id) WHERE ended_at IS NULL;

CREATE INDEX ix_grants_person_id ON grants (person_id);

CREATE TABLE keeps (
    recording_id INTEGER NOT NULL,
    matter_id VARCHAR NOT NULL,
    why VARCHAR NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    mirrored_at TIMESTAMP WITH TIME ZONE,
    unmirrored_at TIMESTAMP WITH TIME ZONE,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (recording_id, matter_id),
    FOREIGN KEY(recording_id) REFERENCES recordings (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(matter_id) REFERENCES matters (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_keeps_matter_id ON keeps (matter_id);

CREATE INDEX keeps_open ON keeps (ends_at, recording_id) WHERE ended_at IS NULL;

CREATE INDEX keeps_unreleased ON keeps (recording_id, matter_id) WHERE why = 'hold' AND unmirrored_at IS NULL;

CREATE TABLE parties (
    matter_id VARCHAR NOT NULL,
    person_id INTEGER NOT NULL,
    part VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    unreachable VARCHAR NOT NULL,
    because VARCHAR DEFAULT '' NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (matter_id, person_id),
    FOREIGN KEY(matter_id) REFERENCES matters (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_parties_person_id ON parties (person_id);

CREATE TABLE reminders (
    id VARCHAR NOT NULL,
    matter_id VARCHAR NOT NULL,
    person_id INTEGER NOT NULL,
    step VARCHAR NOT NULL,
    fell_at TIMESTAMP WITH TIME ZONE NOT NULL,
    tell_at TIMESTAMP WITH TIME ZONE NOT NULL,
    told_at TIMESTAMP WITH TIME ZONE,
    PRIMARY KEY (id),
    FOREIGN KEY(matter_id) REFERENCES matters (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_reminders_matter_id ON reminders (matter_id);

CREATE INDEX reminders_untold ON reminders (person_id, tell_at) WHERE told_at IS NULL;

CREATE TABLE requested_recordings (
    request_id VARCHAR NOT NULL,
    recording_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (request_id, recording_id),
    FOREIGN KEY(request_id) REFERENCES matters (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(recording_id) REFERENCES recordings (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_requested_recordings_recording_id ON requested_recordings (recording_id);

CREATE TABLE listenings (
    id VARCHAR NOT NULL,
    matter_id VARCHAR NOT NULL,
    recording_id INTEGER NOT NULL,
    start DOUBLE PRECISION NOT NULL,
    "end" DOUBLE PRECISION NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    grant_id VARCHAR,
    person_id INTEGER,
    letter_id VARCHAR,
    kind VARCHAR NOT NULL,
    whole BOOLEAN NOT NULL,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(matter_id) REFERENCES matters (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(recording_id) REFERENCES recordings (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(grant_id) REFERENCES grants (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(person_id) REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY(letter_id) REFERENCES customer_letters (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_listenings_grant_id ON listenings (grant_id);

CREATE INDEX ix_listenings_letter_id ON listenings (letter_id);

CREATE INDEX ix_listenings_matter_id ON listenings (matter_id);

CREATE INDEX ix_listenings_recording_id ON listenings (recording_id);

CREATE TABLE passes (
    hash VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    grant_id VARCHAR,
    used_at TIMESTAMP WITH TIME ZONE,
    mark_salt BYTEA NOT NULL,
    PRIMARY KEY (hash),
    FOREIGN KEY(grant_id) REFERENCES grants (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE INDEX ix_passes_grant_id ON passes (grant_id);

CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

INSERT INTO alembic_version (version_num) VALUES ('0001');
