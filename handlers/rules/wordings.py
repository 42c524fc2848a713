"""How people say what they want of us (`phrases`); a line here teaches a new way of saying it."""

from __future__ import annotations

from .word_groups import of as _

QUESTION = _("""
    ^[hi/hello/hey] [there] [please/so/and/but/sorry/ok/okay] [quick] [question] how/what/whats/why/which/when/where/who/whom/whose/whos/may/can/could/should/must/are/is/do/does/did/am/will/would/if/has/have/was/were/explain/tell_me/till_when/until_when/under_what/for_how/by_when/in_which/am_i
""")
REPORT = _("""
    {misuse}
    report/complain/tell .. confidential/anonymous/confidentially/anonymously/in_confidence
    report/complain [about/on/against] [a/my/our/the] {colleague}
""")
"""The words for a breach, and for telling of one (P13): who did what is read out of no sentence."""
CALLED = _("{call}")
TOPIC = _("{recorded}/policy/customer/caller/erased/announcement/retention/listen/breach")
HEARD = _("{hears}")
WANTED = _("""
    would be possible to
    be possible to
    chance of
    would like to {hears}/{hear}
    want/need to {hear} it
    {i} .. need/want/like/must/require/looking/look_for/trying/wish/have_to/hope
    please
    {may} i/we/you/somebody/someone
    possible to
    let_me/looking_for/give_me/get_me/show_me/find_me/send_me/access_to/requesting
    ^[urgent/urgently/hi/hello] need/want/wanted/get/hear/listen_to/find/fetch
""")
POLITE_WISH = _("""
    {may} i/we/you/somebody/someone [please/kindly/also/just] {hears}/{hear}/send/give/open/let/email/mail/pull ... {this} .. {call} [back] with/from/of/between/on/about/where/when/in/that/for/yesterday/today/last/cs/again/mr/mrs/ms/who/to_check
    {may} ... please
    please ... {call}
    can/could/may i play_back
    can/could/would you [please/kindly/just] send/give/find/get/open/mail/email/show/let/fetch/pull/ping/remind/nudge/approve/deny/release
    {i} would like to {hears}/{hear}
    possible/chance to/of {hears}/{hear} ... {the} .. {call} with/from/of/between/on/where/when/yesterday/last/in
""")
MAY_I = _("{may} i/we/you")
NO_RECORDING = _("""
    call me/us/you/back/him/her/them/in_sick/the_customer/a_customer/it
    make/place/start/record/join/schedule/transfer/answer/book/set_up the/a/an/this/another/my/your [new/video/conference] {call}
    being/be/get/getting/not recorded/taped
""")
"""Calls that somebody wants to make, and recording itself: no wish to hear one."""

STATE = _("""
    where/what/how/whats/wheres/hows/status/state/news/update/progress/happen/stuck/pending/wait/long/still/yet/any/when/did/has/is ... my/our/mine .. request/application/approval/one/ask/ticket/case/access
    status/state/news/update/progress/whats_new of/on/about/for/with my/our/the .. request/application/approval/ticket/case/access
    has/have/did * [*] approve/decide/deny/denied/answer/grant/reject/refuse/reply/look_at
    was/is/are/been/got it/that/mine/they .. approve/decide/deny/denied/answer/grant/reject/refuse
    what/whats did/have i ask/request/file
    my/our [open/pending/own] requests
    ^my [open/pending] request
    what/whats is/has/have/happening/happened/become to/with/of my/our/the/it
    am_i approved/allowed_yet/cleared
    i/ive ask/request/apply/file/sent ... no_answer/nothing/heard/yet/still/ago/answer
    still [on] waiting/no_answer/nothing/pending
    heard/hear nothing/anything/back
    no reply/response/answer/word
    [is/was/am] i/mine/it/request [still] pending/stuck/through/approved/denied
    was/am/were i [ever/already] approved
    status of .. i/my/our
    since i ask/request/apply/put_in
    i/ive put_in for
    my listening request
    any/no news/answer/reply/update/decision [on/about/yet] [my/the] [request]
    how_long ... wait .. approve/answer/my
""")
LISTENERS = _("""
    list/log/names/record/who/which/everyone/everybody/people/persons ... listened/heard/had_access/has_access/have_access/listen .. to .. my/me/mine
    list/log/names/record/who/which/everyone/everybody/people/persons ... listened/heard/had_access/listen ... my {call}
    list/log/names/record/who/which/everyone/everybody/people/persons ... listened/heard/had_access/listen ... {call} ... i/me
    people/persons/everyone/names/list/log/who who/that/of .. heard me
    who/wo/hwo/whos ... listened/heard/played/accessed .. {call} with/of me/us/mine
    wo/hwo listened/heard ... my/our/me/us
    who/whos/anyone/anybody/someone/somebody/has/have/did/was/were [has/have/else/been/is/all/already/ever] [been/anyone/anybody/somebody/someone] listened/listening/heard/played/accessed/opened/replayed/listen .. to/in/at/my/our/mine/me/us/on .. my/mine/our/me/us/call
    my/our [own] call .. been/was/were .. heard/played/accessed/listened
    who [else] has/had access to my/our/recordings_of_me/calls_of_mine
    list/log/record/history of who .. listened/heard
""")
ROUTE = _("""
    which/what person/people/role/manager/boss/officer ... {decide}
    whose ok/permission/approval/consent/signature/say
    who/whom/which/is ... give/gives/grant permission/approval/consent/access/ok
    who ... has/have the say/last_word/final_word
    to_whom/at_whom .. i/we
    do/must/should i/we ask/go_to/write_to/contact ... or
    who/whom/whos ... {decide}
    who/whom do/should/must/can/would/may i/we/one .. ask/go/talk/turn/contact/write
    who get/see/has/receive my/the/a request
    where does/will/would my/a/the request go
    who_is my approver
    whos/who_is on_duty/deciding/approving
    who can/may/will/could/should {decide}
""")
DECLINES = _("""
    no/yes to [the/being] {recorded}
    not/dont/doesnt/didnt/never/no agree/like/permission/consent/give/accept/ok ... {recorded}
    change/changes/changed .. mind ... {recorded}
    switch/turn it/recording/that off
    {recorded} ... want it off/stopped
    {customer}/{they} ... not/dont/doesnt/didnt/refuse/decline/object/rather_not/stop/without/off/unwilling/never ... {recorded}
    stop/switch_off/turn_off/disable/pause/cancel/switch_the/turn_the [the/this/my/all] [call] {recorded} [off]
    not/dont/doesnt want .. {recorded}
    no recording please
    without [being] {recorded}
""")
HOLD = _("""
    {keep} ... {legal}
    {legal} ... {keep}
    {keep} ... {erase}/erasing/erasure/deletion/purge/wiped
    dont/not/never/doesnt/wont get/be/lose/let ... {erase}/erased/wiped/erasure/deletion/clear_out/lost
    not/dont/doesnt/wont .. get/be .. wiped/erased/deleted
    exempt/except/excepted/spare from .. erasure/deletion/erasing
    put/place/set/ask_for/need/want/request/legal/start/new .. hold
    hold the/these/those/this/that/all/on .. {call}
    ^hold
    keep/preserve/freeze/retain/safeguard/secure/save [all/the/these/those/this/that/my/our/every] [of] [the] .. {call}
    not/dont/never/stop/prevent/before/protect ... {erase}/erasing/erasure/deleting/deletion/purged
    {call} .. must/should/has_to/have_to/needs_to/need_to [be] kept/preserved/retained/stay
""")
AWAY = _("""
    {i} ... leave/holiday/vacation/unavailable/not_available/absent/travelling/traveling/abroad/cannot_be_reached/cant_be_reached
    ^[hi/hello/hey] [bot] on/annual/parental/sick/maternity/paternity/unpaid leave/holiday/holidays/vacation
    not in on/this/next/tomorrow/until/today
    cant/cannot/wont make_it/come_in/be_in
    cant/cannot be reached
    {i} .. not available/reachable/there/around
    i_am/im/i_will_be/ill_be/we_are [also] [away/back] .. away/on_leave/on_holiday/on_holidays/on_vacation/out_of_office/out_of_the_office/off_sick/sick/off_work/off_today/off_tomorrow/off_next/off_until/off_from/abroad
    my/annual/parental/sick leave/holiday/vacation start/begin/from/is
    going away/on_leave/on_holiday/on_vacation
    set/mark/put me [as/to] [be] away/out/absent
    out_of_office
""")
ORDERED = _("""
    ^[please/ok/now/then/yes/just] [can/could/would] [you] [please/just] approve/accept/deny/reject/refuse/release/ping/remind/nudge/chase/poke/close/withdraw/cancel/confirm/acknowledge/grant/extend/renew/let_go/pass_on/erase/delete/wipe/purge/remove/destroy/play/get_rid_of
    ping/nudge/chase/poke
    {erase}/get_rid_of {the} .. {call}
    approve/deny/reject it/them/this/that/everything/all
""")
"""What is done by a press alone."""

ERASES = _("{erase}/get_rid_of {the} .. {call}")
CUSTOMER_WANTS = _("""
    {customer}/{they} .. {asks}
    customer/client/caller/mr/mrs/ms/he/she ... {asks}
""")
I_HEAR = _("""
    {i} .. need/want/like/must/have_to/wish/request [to] [{hears}] [to] [{the}] [*] {call}
    {i} .. need/want/like/must/have_to/wish/request [to] {hears}/{hear}
    {i} .. need/want/like/must/have_to/wish/request [to] [{hears}/{hear}] [{the}] [*] #
    {may}/let i/we/me .. {hears}/{hear}
    ^[hi/hello/please/urgent] need/want/get/hear/give_me/send_me/show_me/find_me/fetch [to] [{hears}] [{the}] [*] {call}
    ^[hi/hello/please/urgent] need/want/get/hear/give_me/send_me/show_me/find_me/fetch [to] [{hears}] [{the}] [*] #
    give_me/show_me/find_me/looking_for/access_to/get_me [{the}] [*] {call}
    acces/access to [{the}] [*] {call}
""")
UNWISH = _("""
    dont/doesnt/didnt/not/never/no_longer .. need/want/mark/put/hold/send/add
    any_more/anymore/no_longer/by_mistake
    back/return from
    was/were/been .. on_leave/on_holiday/away
    cancel/withdraw/stop/end/release/lift/remove/undo ... hold/request/leave/entry/sending
    change my
    statistics/number_of/list_of/how_many
""")
"""What is not wished for, or no more."""
NO_HOLD = _("""
    [put] [me] on hold
    hold about/music/queue/line/the_line
    end/release/lift/remove/let_go/dont/not .. hold
""")
OWN_WISH = _("""
    {i} .. {hears}/{hear}/{call}
    ^want/like/need to {hears}/{hear}
    want/like to {hears}/{hear} it/both/them/the
    me to .. {hears}/{hear}
""")
OTHERS_WISH = _("""
    {customer}/{they} .. want/wish/ask/request/would_like/demand ... copy/own/hear/listen/{erase}/gone/transcript
    on_the_line/on_the_phone/emailed_in/passing_on/acting_for/one_of_our
    hold/preserve/erasure/deletion/wiped/destroyed/retention/exempt
    list/names/log/who ... listened/heard/access
    status/stuck/pending
    i/ive ask/put_in
    {worker}
""")
OTHERWISE = _("""
    {customer}/{they} .. {asks}
    on_the_line/on_the_phone/emailed_in/passing_on/acting_for/one_of_our
    his/her/their/wifes/husbands {call}
    {keep}/hold/preserve/erasure/deletion/{erase}/wiped/destroyed
    lawyer/attorney/solicitor/court/tribunal/sue/suing/litigation/lawsuit/arbitration
    status/stuck/pending/nothing/reply/request/requests/names/list/log/whom/permission/approved
    i/ive ask/put_in/request
    who/whom/whose
    {worker}/somebody/someone/sb
    not/dont/doesnt/didnt
    record/recorded/recording calls/me/us
    rule/rules/policy/allowed
""")
"""What may mean something else than that somebody wants to hear a call: then it is asked back."""
CUSTOMERS_WISH = _("""
    {customer} ... {asks} ... recording/audio/tape/copy/transcript/hear/listen/{erase}/erased/gone/get_rid_of
    {customer}/someone/somebody/people .. on the line/phone ... {call}/copy
    one of our {customer}/customers/callers ... {call}/copy/recorded
    {customer}/someone/somebody ... {asks} ... his/her/their/own/wifes/husbands .. {call}/copy
    all recordings you have of me
    {customer} .. {asks} ... copy/hear/listen/erase/delete/their_data/his_data/her_data/own_call
    {they} {asks} ... copy/own_call/own_recording
    copy/copies/{call} .. for/to [a/the/our/this/that/one] [of] customer/client/caller/subscriber/mr/mrs/ms
    send/give/mail/email/forward .. customer/client/caller/mr/mrs/ms ... copy/{call}
    {customer} rang/called/phoned/wrote/emailed/is/was/has/just ... copy/own/to_hear/to_listen ... {call}
    her/his/their own [phone] {call}
    customers own/copy
    subject_access/dsar/sar
    on_behalf_of [a/the/our/my] customer/client/caller ... {call}
""")
PLAINLY_CUSTOMERS = _("""
    copy/copies/hear/listen_to/have/get .. her/his/their [own] .. {call}
    copy/copies/{call} .. for/to [a/the/our/this/that/one] [of] customer/client/caller/subscriber/mr/mrs/ms
    send/give/mail/email/forward .. customer/client/caller/mr/mrs/ms ... copy/{call}
    on_behalf_of [a/the/our/my] customer/client/caller
    subject_access/dsar/sar
""")
"""A customer's wish, even where the words begin with one's own."""
