"""Two SIPp ends, the caller's and the answerer's; both send a tone for as long as the call lasts."""

import math
from pathlib import Path

AGENT = "agent.ulaw"
_SDP = """v=0
      o=- 1 1 IN IP4 127.0.0.1
      s=-
      c=IN IP4 127.0.0.1
      t=0 0
      m=audio [rtpstream_audio_port] RTP/AVP 0
      a=rtpmap:0 PCMU/8000"""
_TONE = '<nop><action><exec rtp_stream="{},-1,0,PCMU/8000"/></action></nop>'
_HEADERS = "[last_Via:]\n      [last_From:]\n      [last_To:]{tag}\n      [last_Call-ID:]\n      [last_CSeq:]"


def tone(hertz: int) -> bytes:
    """Four seconds of a tone in µ-law, 8000 samples a second."""
    return bytes(_mulaw(int(9000 * math.sin(2 * math.pi * hertz * n / 8000))) for n in range(32_000))


def _mulaw(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    sample = min(abs(sample), 32635) + 0x84
    exponent = max(sample.bit_length() - 8, 0)
    return ~(sign | (exponent << 4) | ((sample >> (exponent + 3)) & 0x0F)) & 0xFF


def answering() -> str:
    """The answerer's scenario."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="answers">
  <recv request="INVITE" crlf="true"/>
  <send><![CDATA[
      SIP/2.0 180 Ringing
      {_HEADERS.format(tag=";tag=[call_number]")}
      Contact: <sip:agent@[local_ip]:[local_port]>
      Content-Length: 0

  ]]></send>
  <send retrans="500"><![CDATA[
      SIP/2.0 200 OK
      {_HEADERS.format(tag=";tag=[call_number]")}
      Contact: <sip:agent@[local_ip]:[local_port]>
      Content-Type: application/sdp
      Content-Length: [len]

      {_SDP}
  ]]></send>
  <recv request="ACK" crlf="true"/>
  {_TONE.format(AGENT)}
  <recv request="BYE"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      {_HEADERS.format(tag="")}
      Content-Length: 0

  ]]></send>
</scenario>
"""


_REQUEST = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: "CALLER" <sip:CALLER@[local_ip]:[local_port]>;tag=[call_number]
      Call-ID: [call_id]
      Max-Forwards: 70"""
_CALLING = f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="calls">
  <send retrans="500"><![CDATA[
      INVITE sip:NUMBER@[remote_ip]:[remote_port] SIP/2.0
      {_REQUEST}
      To: <sip:NUMBER@[remote_ip]:[remote_port]>
      CSeq: 1 INVITE
      Contact: <sip:caller@[local_ip]:[local_port]>
      Content-Type: application/sdp
      Content-Length: [len]

      {_SDP}
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rtd="true" rrs="true"/>
  <send><![CDATA[
      ACK [next_url] SIP/2.0
      {_REQUEST}
      [last_To:]
      CSeq: 1 ACK
      Content-Length: 0

  ]]></send>
  {_TONE.format("SPEECH")}
  <recv request="BYE" timeout="MILLISECONDS" ontimeout="bye"/>
  <send next="end"><![CDATA[
      SIP/2.0 200 OK
      {_HEADERS.format(tag="")}
      Content-Length: 0

  ]]></send>
  <label id="bye"/>
  <send retrans="500"><![CDATA[
      BYE [next_url] SIP/2.0
      {_REQUEST}
      [last_To:]
      CSeq: 2 BYE
      Content-Length: 0

  ]]></send>
  <recv response="200"/>
  <label id="end"/>
</scenario>
"""


def calling(number: str, caller: str, seconds: float, speech: str) -> str:
    """Return the caller's scenario: says `speech`, and hangs up after so many seconds if the other end hasn't."""
    told = _CALLING.replace("SPEECH", speech).replace("NUMBER", number).replace("CALLER", caller)
    return told.replace("MILLISECONDS", str(int(seconds * 1000)))


def put_speech(folder: Path, name: str, number: int) -> None:
    """Write what SIPp is to send where it looks for it. Each call has its own tone: two recordings that are alike are
    copies.
    """
    (folder / name).write_bytes(tone(400 + 13 * number))
