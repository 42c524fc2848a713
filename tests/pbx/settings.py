"""The files that Asterisk is started with: those of docs/asterisk.md as they are there, and a small company around
them.
"""

import re
from pathlib import Path
from textwrap import dedent

DOCUMENT = Path(__file__).parents[2] / "docs/asterisk.md"
SECRET = "pbx-secret-7"
_MODULES = """
    res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject res_pjsip res_pjsip_session
    res_pjsip_sdp_rtp res_pjsip_caller_id res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user
    res_pjsip_pubsub res_pjsip_rfc3326 res_rtp_asterisk chan_pjsip res_pjsip_header_funcs
    codec_ulaw codec_resample format_pcm format_wav format_wav_gsm format_sln format_gsm codec_gsm
    bridge_simple bridge_softmix bridge_builtin_features bridge_holding pbx_config app_dial app_stack app_exec app_mixmonitor
    app_verbose app_cdr app_transfer app_echo app_playtones app_channelredirect func_cdr func_channel func_callerid
    func_strings func_logic func_timeout func_global func_env func_math cdr_custom res_cdrel_custom
"""


def documented() -> dict[str, str]:
    """Return each configuration file in the document, by its path."""
    told = re.findall(
        r"^### `(/etc/asterisk/[\w./-]+)`.*?\n```ini\n(.*?)```", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL
    )
    return {name.removeprefix("/etc/asterisk/"): text for name, text in told}


def ours(run: str, sip: int, ami: int, agent: int, caller: int, rtp: int) -> dict[str, str]:
    """Return the small company: paths, a trunk, an agent's phone, and numbers to dial."""
    return {
        "asterisk.conf": _places(run),
        "modules.conf": "[modules]\nautoload = no\n" + "".join(f"load = {one}.so\n" for one in _MODULES.split()),
        "logger.conf": "[general]\n[logfiles]\nmessages => notice,warning,error\n",
        "rtp.conf": f"[general]\nrtpstart = {rtp}\nrtpend = {rtp + 40}\n",
        "manager.conf": f'[general]\nenabled = yes\nport = {ami}\nbindaddr = 127.0.0.1\n#include "manager.d/*.conf"\n',
        "pjsip.conf": _telephones(sip, agent, caller),
    }  # fmt: skip


def _places(run: str) -> str:
    return dedent(f"""\
        [directories]
        astetcdir => {run}/etc
        astvarlibdir => {run}/lib
        astdbdir => {run}/lib
        astkeydir => {run}/lib
        astdatadir => /usr/share/asterisk
        astspooldir => {run}/spool
        astrundir => {run}/run
        astlogdir => {run}/log
        """)


def _telephones(sip: int, agent: int, caller: int) -> str:
    return dedent(f"""\
        [udp]
        type = transport
        protocol = udp
        bind = 127.0.0.1:{sip}

        [trunk]
        type = endpoint
        context = from-trunk
        disallow = all
        allow = ulaw
        aors = trunk
        direct_media = no
        [trunk]
        type = aor
        contact = sip:caller@127.0.0.1:{caller}
        [trunk]
        type = identify
        endpoint = trunk
        match = 127.0.0.1

        [agent]
        type = endpoint
        context = from-trunk
        disallow = all
        allow = ulaw
        aors = agent
        direct_media = no
        [agent]
        type = aor
        contact = sip:agent@127.0.0.1:{agent}
        """)


NUMBERS = """
[from-trunk]
exten => one,1,Gosub(recording-steward,record,1(${RS_TEST_WHO},Anna Quill,customer_success,+61281979000,incoming,,CS-10442))
 same => n,Dial(PJSIP/agent,20)
exten => both,1,Gosub(recording-steward,record,1(${RS_TEST_WHO},Anna Quill,customer_success,+61281979000,incoming,,CS-10442))
 same => n,Set(CDR(rs_files)=${RS_FILE}.wav|${RS_FILE}-agent.wav)
 same => n,Dial(PJSIP/agent,20,b(second-leg^s^1))
exten => twice,1,Gosub(recording-steward,record,1(${RS_TEST_WHO},Anna Quill,customer_success,+61281979000,incoming,,CS-10442))
 same => n,Set(CDR(rs_files)=${RS_FILE}.wav|${RS_FILE}-more.wav)
 same => n,MixMonitor(${RS_FILE}-more.wav)
 same => n,Dial(PJSIP/agent,20)
exten => halves,1,Gosub(recording-steward,record,1(${RS_TEST_WHO},Anna Quill,customer_success,+61281979000,incoming,,CS-10442))
 same => n,StopMixMonitor()
 same => n,Set(CDR(rs_files)=${RS_FILE}-in.wav|${RS_FILE}-out.wav)
 same => n,MixMonitor(,r(${RS_FILE}-in.wav)t(${RS_FILE}-out.wav))
 same => n,Dial(PJSIP/agent,20)
exten => second,1,Gosub(recording-steward,record,1(ben.otter@fernhill.example,Ben Otter,sales,+61281979000,incoming,,))
 same => n,Dial(PJSIP/agent,20)

[second-leg]
exten => s,1,MixMonitor(${RS_FILE}-agent.wav)
 same => n,Return()
"""
