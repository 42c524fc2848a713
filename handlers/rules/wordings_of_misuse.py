"""How people tell of a breach or a misuse, most of whom do not say that it is one (P13)."""

from __future__ import annotations

import re

from .word_groups import of as _

OF_CALLERS = _("""
    {caller} .. {abused}
    {abused} [and/or] [abusive/threatening/nuisance/rude] {caller}
    {abused} phone/{call}
    {caller} ... {abused} me/us/my/our
""")
"""What a caller did is a reason to hear a call (P6), and no breach."""
REPORT = _("""
    {misuse}
    youtube/reddit/linkedin/podcast/dropbox/gmail/hotmail/tiktok/instagram/facebook/whatsapp/telegram/memory_stick/usb/usb_stick/screenshot/google_drive/icloud
    on/onto/to the/his/her/their/own web/internet/laptop/mobile/own_phone/flatmate
    cover up/his_tracks/her_tracks/it_up
    bragged/brag/blackmail/harass/stalking/stalked/embarrass
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
MADE_TO = _("""
    told/ask/want/need/beg/expect/allow/tell/got/invite me/us/him/her/them/somebody/someone/everybody/everyone/people to .. {deed} ... {it}
    told/ask/want/need/tell/got me/us/him/her/them/somebody/someone to .. {deed} .. #
    {pressed} me/us/him/her/them/somebody/someone [to/into] {deed} ... {it}
    {pressed} me/us/him/her/them/somebody/someone [to/into] {deed} .. #
    {pressed} * [*] [to/into] {erase}/deleting/erasing/wiping ... {it}
    had me/us {deed} ... {it}
    {i}/ive/were was/were/am/are/have/had/is/got/get/been/being/keep [been/being] told/ask/{pressed} .. {erase}/erasing/copy/share/forward/pass/hide/edit/alter/falsify/record ... {it}
""")
"""Somebody was made to do something with a recording, whoever it was that made him or her."""
ASKED_FROM_OUTSIDE = _("""
    {outside} .. told/ask/want/need/order/tell/instruct/insist
    told/ask/order/instruct by [a/the/our/my/this] {outside}
""")
"""What customers, their lawyers and the police ask for is the work."""
REPORTS = _("""
    ^[please/hi/hello/hey/ok] [can/could/would/please] [you] [please/just] report
    ^[just/only] want/need/like/wish/have/must to report
    {i} .. to report
    {i} [will/may/can/could/should/must/would/might/now/hereby/just/do/have/want] report
    can/could/may/should/must/shall/do/did/would i/we report
    how/where/whom/who/when [do/can/should/could] [one/you] [to] report
""")
"""Whoever writes this reports what stands behind it: somebody, unless it begins with one of these."""
OF_WHAT = frozenset(
    re.findall(
        r"\w+",
        """
    a an the my our on for of about from in with at to is was are has have as by and or no back per work works
    outage outages absence leave sick holiday fault damage call calls recording recordings customer customers client clients caller callers
    complaint complaints cs month monthly months week weekly weeks year years quarter day today yesterday form forms page button link number status
    january february march july september october november december monday tuesday wednesday thursday friday saturday sunday
    """,
    )
)
MAYBE_REPORT = _("""
    {handled} ... {outsiders}
    listen/listening .. to .. all_day/all_the_time/every_night/at_night/at_home
    knew/knows what .. customer/caller/client
    {worker} ... {call}
    {colleague} [has/have/had/is/was/keeps] [been] listen/listening/listened/heard/played/accessed/downloaded/copied to/in/on/my/our/a/the/calls/recordings
    record/recording/tape/filming me/us/colleagues/people/staff/team
""")
"""What sounds like one as well, unless it is asked of oneself, or wished for."""
COLLEAGUE_DID = _("""
    {worker}/somebody/someone/one_of_ours/one_of_us .. {handled}/edit/hears/use/harass/insult/record/cover/want/open
    on/onto the/his/her internet/web
    nobody approved
    he/she has/have [all/the/our/many] {call}
    because/since/that/when he/she .. {handled}/edit/harass/bully
""")
"""What makes a wish one that tells of somebody else's doing."""
OF_ONESELF = _("""
    ^[and/so/but/hi/hello] am/may/can/could/should/must/do/would/if i/we/you/my/our
    who/which/what/whose/whom .. {decide}/listened/heard
""")
