"""How people say what they want of us (`phrases`); a line here teaches a new way of saying it."""

from __future__ import annotations

from .phrases import Phrases, phrases, words

GROUPS = {
    "call": "call/recording/conversation/audio/tape/phonecall/voicemail",
    "customer": "customer/client/caller/subscriber/lady/gentleman/mr/mrs/ms/widow/widower/relative/daughter/son/husband/wife/mother/father/man/woman/guy/attorney/solicitor/lawyer/somebody_on_the_line",
    "they": "he/she/they",
    "asks": "want/wish/ask/request/would_like/likes/demand/need/require/is_entitled/has_a_right/is_after/says/say/insist/phone/rang/email",
    "legal": (
        "court/lawyer/solicitor/attorney/tribunal/claim/sue/suing/litigation/lawsuit/arbitration/evidence/insurance/case/police"
        "/dispute/law_suit/legal/subpoena/deadline/expiry/expire"
    ),
    "keep": "keep/kept/preserve/retain/retention/hold_back/held_back/exempt/save/saved/safeguard/stay/secure/dont_lose/not_lose/hang_on",
    "worker": (
        "colleague/coworker/co_worker/deskmate/teammate/supervisor/manager/boss/team_leader/team_lead/leader/employee/trainee/temp"
        "/member_of_staff/guys/workmate/in_sales/in_billing/in_support/in_my_team/in_our_team/in_hr"
    ),
    "i": "i/we/id/wed/im",
    "may": "can/could/may/might/would/will",
    "this": "the/that/this/those/these/my/our/his/her/their/yesterdays/todays",
    "the": "the/that/this/those/these/a/my/our/his/her/their/your/all/any/one/every/yesterdays/todays",
    "whose": "my/our/his/her/their/someones/somebodys/customers/peoples",
    "hear": "hear/listen/play/replay/hear/relisten",
    "hears": "hear/listen/listening/access/get/have/see/find/fetch/retrieve/recover/review/check/recheck/copy/copies",
    "handled": (
        "share/sent/forward/post/play/give/gave/given/upload/show/copy/pass/sell/sold/download/save/keep/kept/take/took/taken"
        "/email/brag/talk/told/tell/listen/heard/discuss/put/burn"
    ),
    "outsiders": (
        "friend/mate/husband/wife/partner/boyfriend/girlfriend/family/brother/sister/mother/father/mum/dad/cousin/facebook/whatsapp"
        "/instagram/tiktok/telegram/youtube/internet/online/outside/journalist/newspaper/press/media/competitor/rival/party/pub/bar/usb"
        "/personal_phone/personal_email/private_phone/private_email/his_own/her_own/own_phone/screen/home/group_chat/social/lunch/canteen/in_front_of/neighbour/kids/children"
    ),
    "colleague": (
        "colleague/coworker/manager/boss/supervisor/leader/agent/teammate/employee/member_of_staff/someone/somebody/he/she/they/people"
    ),
    "misuse": (
        "leak/misuse/snoop/spy/spying/spied/eavesdrop/gossip/blackmail/unauthorised/unauthorized/breach/whistleblow/whistleblower/steal"
        "/stole/stolen/secretly/illegal/illegally/improper/improperly/inappropriate/inappropriately/wrongdoing/misconduct/violate"
        "/violation/curiosity/nosy/tamper/hack/smuggle/fishy/dodgy/suspicious/shady/creepy/stalk/bully/abuse_of"
    ),
    "leave": "permission/approval/consent/authorisation/authorization/authority/asking/reason/request/knowledge/knowing/telling/right/business",
    "abused": "abusive/abused/abuse/threaten/threat/nuisance/harass/insult/shout/swear/swore/rude/scream/yell",
    "caller": "customer/caller/client/man/woman",
    "erase": "erase/delete/wipe/purge/destroy/remove",
    "decide": (
        "decide/approve/approver/approval/approving/sign/grant/authorise/authorize/in_charge/responsible/stand_in/deputise/deputy"
        "/cover/covering/say_yes"
    ),
    "recorded": "recorded/record/recording/tape/taped",
    "person": "anyone/anybody/someone/somebody/it/that/my/our/they/he/she/you",
}


def _(table: str) -> Phrases:
    return phrases(table, GROUPS)


QUESTION = _("""
    ^[hi/hello/hey] [there] [please/so/and/but/sorry/ok/okay] [quick] [question] how/what/whats/why/which/when/where/who/whom/whose/whos/may/can/could/should/must/are/is/do/does/did/am/will/would/if/has/have/was/were/explain/tell_me/till_when/until_when/under_what/for_how/by_when/in_which/am_i
""")
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

OF_CALLERS = _("""
    {caller} .. {abused}
    {abused} [and/or] [abusive/threatening/nuisance/rude] {caller}
    {abused} phone/{call}
    {caller} ... {abused} me/us/my/our
""")
"""What a caller did is a reason to hear a call (P6), and no breach."""
REPORT = _("""
    {misuse}
    without [any/my/our/his/her/their/your/the/a/proper/being/ever/having] [proper/good/valid] {leave}/allowed/told/asked
    behind {whose} back
    for/just_for fun/laughs/a_laugh/kicks/a_joke
    laugh/joke/joking/make_fun/made_fun .. at/about/of/over
    mock/ridicule/humiliate
    nothing_to_do_with .. work/job
    side business/hustle/job
    using/with/lend/lends/share/shared .. his/her/their/my password
    was/is/thats/its a_lie/lying
    should/ought not/never .. have/be [been] {handled}/access/record/seen
    shouldnt have/be [been] {handled}/access/record/seen
    has/have/had no right/business/reason/permission/approval
    was/were/is/are/wasnt/isnt not/never allowed/supposed/authorised/authorized/entitled/permitted to .. {handled}/hear/have/see/access/record
    wasnt/isnt/werent/arent allowed/supposed/authorised/authorized/entitled/permitted to .. {handled}/hear/have/see/access/record
    ex/exs/exes wife/husband/girlfriend/boyfriend/partner
    my/his/her/their ex/exs/exes
    report/accuse/denounce .. a/an/my/our/the/about/on .. {colleague}/misuse/abuse/wrong/incident
    report/accuse/denounce/expose {colleague}/something/him/her/them
    complain/complaint about/against my/our/a {colleague}
    confidential/anonymous/private/confidentially/anonymously/privately ... report/tell/complain
    report/tell/complain .. confidential/anonymous/private/confidentially/anonymously/privately/in_confidence
    keep/keeps/kept/always/constantly [on] listening
    something/somebody/someone [is/was] [very/not] wrong/right [with]
    sell/sold/selling [the/our/customer/customers] {call}/data
""")
"""What sounds like a breach or misuse (P13): rather once too often, since the answer keeps and repeats nothing."""
MAYBE_REPORT = _("""
    {handled} ... {outsiders}
    listen/listening .. to .. all_day/all_the_time/every_night/at_night/at_home
    knew/knows what .. customer/caller/client
    {worker} ... {call}
    {colleague} [has/have/had/is/was/keeps] [been] listen/listening/listened/heard/played/accessed/downloaded/copied to/in/on/my/our/a/the/calls/recordings
    record/recording/tape/filming me/us/colleagues/people/staff/team
""")
"""What sounds like one as well, unless it is asked of oneself, or wished for."""
OF_ONESELF = _("""
    ^[and/so/but/hi/hello] am/may/can/could/should/must/do/would/if i/we/you/my/our
    who/which/what/whose/whom .. {decide}/listened/heard
""")

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
    annual/parental/maternity/paternity/sick leave
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
CUSTOMER_WANTS = _("""
    {customer}/{they} .. {asks}
    customer/client/caller/mr/mrs/ms/he/she ... {asks}
""")
I_HEAR = _("""
    {i} .. need/want/like/must/have_to/wish/request .. {hears}/{hear}/{call}/access
    {may}/let i/we/me .. {hears}/{hear}
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
    coworker/colleague/deskmate
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
    {customer} ... {asks} ... {call}/copy/transcript/hear/listen/{erase}/erased/gone/get_rid_of
    {customer}/someone/somebody/people .. on the line/phone ... {call}/copy
    one of our {customer}/customers/callers ... {call}/copy/recorded
    {customer}/someone/somebody ... {asks} ... his/her/their/own/wifes/husbands .. {call}/copy
    all recordings you have of me
    {customer} .. {asks} ... {call}/copy/hear/listen/erase/delete/their_data/his_data/her_data
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

OTHERS = """
    recordings calls conversations audio tape customers clients callers request requests listened listening listens copies access
    status waiting answered pending stuck erased erasure deletion lawyer court police claim claims investigation complaint complaints
    complained missed wished met book feedback training coaching quality performance transcribed transcription threatening crime fraud yesterday today morning
    afternoon evening monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december policy policies notice notices announcement website random randomly drawn draw sample department
    departments reasons months years working deadline privacy personal data rights outgoing incoming explain could must their which
    about before after because under between deputies sharing leaked misused snooping gossiping
"""


def known() -> frozenset[str]:
    """Every word by which we tell what is meant."""
    return frozenset(word for table in (*GROUPS.values(), OTHERS) for word in words(table) if len(word) > 2)
