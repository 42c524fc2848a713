"""Words that stand for one another in what people say, and how a table of phrases is read with them."""

from __future__ import annotations

from .phrases import Phrases, words

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
    "hear": "hear/listen/play/replay/hear/relisten",
    "hears": "hear/listen/listening/access/get/have/see/find/fetch/retrieve/recover/review/check/recheck/copy/copies",
    "colleague": (
        "colleague/coworker/manager/boss/supervisor/leader/agent/teammate/employee/member_of_staff/someone/somebody/he/she/they/people"
    ),
    "misuse": (
        "leak/misuse/snoop/spy/spying/spied/eavesdrop/gossip/blackmail/unauthorised/unauthorized/breach/whistleblow/whistleblower/steal"
        "/stole/stolen/secretly/illegal/illegally/improper/improperly/inappropriate/inappropriately/wrongdoing/misconduct/violate"
        "/violation/curiosity/nosy/tamper/hack/smuggle/fishy/dodgy/suspicious/shady/creepy/stalk/bully/abuse_of"
    ),
    "erase": "erase/delete/wipe/purge/destroy/remove",
    "decide": (
        "decide/approve/approver/approval/approving/sign/grant/authorise/authorize/in_charge/responsible/stand_in/deputise/deputy"
        "/cover/covering/say_yes"
    ),
    "recorded": "recorded/record/recording/tape/taped",
}


def of(table: str) -> Phrases:
    """The phrases of a table, with these groups."""
    return Phrases(table, GROUPS)


OTHERS = """
    recordings calls conversations audio tape customers clients callers request requests listened listening listens copies access
    status waiting answered pending stuck erased erasure deletion lawyer court police claim claims investigation complaint complaints
    complained missed wished met book feedback training coaching quality performance transcribed transcription threatening crime fraud yesterday today morning
    afternoon evening monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december policy policies notice notices announcement website random randomly drawn draw sample department
    departments reasons months years working deadline privacy personal data rights outgoing incoming explain could must their which
    about before after because under between deputies sharing plz pls please bcos asap one two three four five six seven eight nine ten leaked misused snooping gossiping reporting reported
"""


def known() -> frozenset[str]:
    """Every word by which we tell what is meant."""
    return frozenset(word for table in (*GROUPS.values(), OTHERS) for word in words(table) if len(word) > 2)
