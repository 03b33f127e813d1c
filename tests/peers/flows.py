#!/usr/bin/env python3
"""Flows that SIPp plays with the example ua, in the role of the caller and in that of the callee.

usage: flows.py UA {udp|tcp} [PART-OF-A-NAME]

Prints a row for each flow. Exit 0: all went as they should, by SIPp's account and by ua's. 77: no
sipp here (an error where OFFHOOK_REQUIRE_PEERS is set).
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scenario import Scenario
from sipp import Failure, Ua, free_port, wait_for_listener

LIMIT = 50    # seconds for a flow
AT_ONCE = 10  # most of the time they wait

# role: SIPp's; options and commands: ua's; exits: its exit status; transports: where it makes sense;
# exact: each repetition stands in the scenario.
Flow = namedtuple("Flow", "role name scenario options commands exits transports exact")
FLOWS = []


def flow(role, name, scenario, options="", commands="", exits=0, transports="udp tcp", exact=False):
    FLOWS.append(Flow(role, name, scenario, options, commands, exits, transports, exact))


def caller(name, options, scenario, **more):
    flow("caller", name, scenario, options, **more)


def callee(name, commands, scenario, **more):
    flow("callee", name, scenario, commands=commands, **more)


# --- SIPp calls ua

caller("late offer", "--answer 200", """
    > INVITE
    < 200 ~ m=audio
    > ACK sdp
    > BYE
    < 200""")

caller("reliable 183, PRACK, UPDATE", "--ring 183 --ring-sdp", """
    > INVITE sdp | Require: 100rel
    < 183 rel ~ m=audio
    > PRACK
    < 200
    > UPDATE sdp=sendonly
    < 200 ~ a=recvonly
    < 200 INVITE
    > ACK
    > UPDATE
    < 200 !~ m=audio
    > BYE
    < 200""", commands="wait updated; answer; wait terminated")

caller("reliable 183 with the offer, PRACK with the answer", "", """
    > INVITE | Require: 100rel
    < 183 rel ~ m=audio
    > PRACK sdp
    < 200
    < 200 INVITE !~ m=audio
    > ACK
    > BYE
    < 200""", commands="wait incoming; ring 183 reliable sdp; wait acknowledged; answer; "
                       "wait terminated")

caller("offer in PRACK", "--ring 183 --ring-sdp", """
    > INVITE sdp | Require: 100rel
    < 183 rel ~ a=sendrecv
    > PRACK sdp=sendonly
    < 200 ~ a=recvonly
    < 200 INVITE
    > ACK
    > BYE
    < 200""", commands="wait acknowledged; answer; wait terminated")

caller("PRACK that matches nothing: 481", "--ring 183 --ring-sdp", """
    > INVITE sdp | Require: 100rel
    < 183 rel
    > PRACK | RAck: [$rseq] 99 INVITE
    < 481
    > PRACK | RAck: 1 1 INVITE
    < 481
    > PRACK
    < 200
    > PRACK
    < 481
    > UPDATE
    < 200
    < 200 INVITE
    > ACK
    > BYE
    < 200""", commands="wait updated; answer; wait terminated")

caller("lost PRACK: the 183 comes again", "--ring 183 --ring-sdp", """
    > INVITE sdp | Require: 100rel
    < 183 rel
    < 183 rel
    < 183 rel
    > PRACK
    < 200
    > PRACK again
    < 200
    > UPDATE
    < 200
    < 200 INVITE
    > ACK
    > BYE
    < 200""", commands="wait updated; answer; wait terminated", transports="udp", exact=True)

caller("no PRACK ever: 5xx", "--ring 183 --ring-sdp", """
    > INVITE sdp | Require: 100rel
    < 183 rel
    < 504 INVITE
    > ACK""", commands="wait terminated 40", exits=1, transports="udp")

caller("glare: re-INVITE crosses re-INVITE, 491", "--answer 200", """
    > INVITE sdp
    < 200
    > ACK
    < INVITE ~ a=sendonly
    > INVITE sdp
    < 491
    > ACK
    > 491 INVITE
    < ACK
    < INVITE ~ a=sendonly
    > 200 sdp=recvonly
    < ACK
    > BYE
    < 200""", commands="wait confirmed; reinvite hold; wait updated; wait terminated")

caller("glare: UPDATE crosses UPDATE, 491", "--answer 200", """
    > INVITE sdp
    < 200
    > ACK
    < UPDATE ~ a=sendonly
    > UPDATE sdp
    < 491
    > 491 UPDATE
    < UPDATE ~ a=sendonly
    > 200 sdp=recvonly
    > BYE
    < 200""", commands="wait confirmed; update hold; wait updated; wait terminated")

caller("re-INVITE crosses UPDATE: 491", "--answer 200", """
    > INVITE sdp
    < 200
    > ACK
    < UPDATE ~ a=sendonly
    > INVITE sdp
    < 491
    > ACK
    > 200 UPDATE sdp=recvonly
    > BYE
    < 200""", commands="wait confirmed; update hold; wait terminated")

caller("UPDATE crosses re-INVITE: 491", "--answer 200", """
    > INVITE sdp
    < 200
    > ACK
    < INVITE ~ a=sendonly
    > UPDATE sdp
    < 491
    > 200 INVITE sdp=recvonly
    < ACK
    > BYE
    < 200""", commands="wait confirmed; reinvite hold; wait terminated")

caller("UPDATE with an offer before the INVITE's is answered: 500", "--ring 180", """
    > INVITE sdp
    < 180
    > UPDATE sdp
    < 500 ~ Retry-After: [0-9]
    > CANCEL
    < 200
    < 487 INVITE
    > ACK""", commands="wait cancelled; wait terminated")

caller("ACK without the answer it owes", "--answer 200", """
    > INVITE
    < 200 ~ m=audio
    > ACK
    < BYE
    > 200""", commands="wait terminated", exits=1)

caller("re-INVITE to another Contact: the BYE goes there", "--answer 200", """
    > INVITE sdp
    < 200
    > ACK
    > INVITE sdp | Contact: <sip:moved@[local_ip]:[local_port][tp]>
    < 200
    > ACK
    > INFO sdp
    < 200
    < INVITE ~ INVITE sip:moved@
    > 200 sdp | Contact: <sip:again@[local_ip]:[local_port][tp]>
    < ACK ~ ACK sip:again@
    < BYE ~ BYE sip:again@
    > 200""", commands="wait info; reinvite; wait updated; bye; wait terminated")

caller("route set: each request goes by it, in reverse order", "--answer 200", """
    > INVITE sdp | Record-Route: <sip:[local_ip]:[local_port][tp];lr>, <sip:192.0.2.2;lr>
    < 200 ~ Record-Route: <sip:127.0.0.1:[0-9]+[^>]*;lr>, *<sip:192.0.2.2;lr>
    > ACK
    < BYE ~ BYE sip:sipp@ ~ Route: <sip:127.0.0.1:[0-9]+[^>]*;lr>, *<sip:192.0.2.2;lr>
    > 200""", commands="wait confirmed; bye; wait terminated")

caller("OPTIONS, INFO, MESSAGE, unknown methods", "--answer 200", """
    > OPTIONS
    < 200 ~ Allow: .*UPDATE ~ Accept: application/sdp
    > REGISTER first
    < 405 ~ Allow: .*INVITE
    > INVITE sdp
    < 200
    > ACK
    > OPTIONS
    < 200 ~ Allow: .*UPDATE
    > INFO sdp
    < 200
    > INFO | Info-Package: nobody-knows
    < 469 ~ Recv-Info:
    > DANCE
    < 501
    > BYE
    < 200""", commands="wait confirmed; wait terminated")

caller("100rel that the caller does not know: 421", "--100rel required", """
    > INVITE sdp
    < 421 ~ Require: 100rel
    > ACK""")

caller("challenge: 401", "--answer 200 --require-auth sipp:secret --algorithm MD5", """
    > INVITE sdp
    < 401 auth ~ WWW-Authenticate: Digest .*algorithm=MD5
    > ACK
    > INVITE sdp auth
    < 200
    > ACK
    > BYE
    < 200""")

caller("challenge: wrong password", "--answer 200 --require-auth sipp:other --algorithm MD5", """
    > INVITE sdp
    < 401 auth
    > ACK
    > INVITE sdp auth
    < 401
    > ACK""")

caller("redirect: 302", "--redirect sip:carol@192.0.2.9", """
    > INVITE sdp
    < 302 ~ Contact: <sip:carol@192[.]0[.]2[.]9>
    > ACK""")

caller("CANCEL", "--ring 180", """
    > INVITE sdp
    < 180
    > CANCEL
    < 200
    < 487 INVITE
    > ACK""", commands="wait cancelled; wait terminated")

caller("CANCEL crosses 200", "--answer 200", """
    > INVITE sdp
    < 200
    > CANCEL
    < 200
    > ACK
    > BYE
    < 200""", commands="wait confirmed; wait terminated")

caller("CANCEL of nothing: 481", "", """
    > CANCEL
    < 481""")

caller("CANCEL crosses 486", "--answer 486", """
    > INVITE sdp
    < 486
    > CANCEL
    < 200
    > ACK""")

caller("BYE in the early dialog", "--ring 180", """
    > INVITE sdp
    < 180
    > BYE
    < 200
    < 487 INVITE
    > ACK""", commands="wait terminated")

caller("BYE crosses BYE", "--answer 200 --hang-up-after 0.05", """
    > INVITE sdp
    < 200
    > ACK
    < BYE
    > BYE
    < 200
    > 200 BYE""")

caller("refused re-INVITE: 488, the call goes on", "--answer 200", """
    > INVITE sdp
    < 200
    > ACK
    > INVITE sdp=video
    < 488
    > ACK
    > INVITE sdp=sendonly
    < 200 ~ a=recvonly
    > ACK
    > BYE
    < 200""")

caller("late re-INVITE, hold, resume", "--answer 200", """
    > INVITE sdp
    < 200
    > ACK
    > INVITE
    < 200 ~ m=audio
    > ACK sdp
    > INVITE sdp=inactive
    < 200 ~ a=inactive
    > ACK
    > UPDATE sdp=sendrecv
    < 200 ~ a=sendrecv
    > BYE
    < 200""")

caller("unknown extension: 420", "--answer 200", """
    > INVITE sdp | Require: teleportation
    < 420 ~ Unsupported: teleportation
    > ACK""")

caller("request of no dialog: 481", "", """
    > BYE
    < 481
    > UPDATE sdp
    < 481""")

caller("lower CSeq: 500", "--answer 200", """
    > INVITE sdp
    < 200
    > ACK
    > UPDATE sdp | CSeq: 1 UPDATE
    < 500
    > BYE
    < 200""")

caller("lost ACK: the 200 comes again", "--answer 200", """
    > INVITE sdp
    < 200
    < 200
    < 200
    > ACK
    > BYE
    < 200""", transports="udp", exact=True)

caller("INVITE and BYE come again", "--ring 180 --answer 200 --answer-after 0.4", """
    > INVITE sdp
    < 180
    > INVITE again
    < 180
    < 200
    > ACK
    > ACK again
    > BYE
    < 200
    > BYE again
    < 200""", transports="udp", exact=True)

caller("no ACK ever: BYE", "--answer 200", """
    > INVITE sdp
    < 200
    < BYE
    > 200""", commands="wait terminated 40", exits=1, transports="udp")

caller("session timer: 422", "--answer 200 --min-se 120", """
    > INVITE sdp | Supported: timer | Session-Expires: 90
    < 422 ~ Min-SE: 120
    > ACK
    > INVITE sdp | Supported: timer | Session-Expires: 120;refresher=uac | Min-SE: 120
    < 200 ~ Session-Expires: 120;refresher=uac ~ Require: timer
    > ACK
    > UPDATE | Supported: timer | Session-Expires: 120;refresher=uac
    < 200 ~ Session-Expires: 120;refresher=uac
    > BYE
    < 200""")


# --- ua calls SIPp

callee("late offer", "call late; wait confirmed; bye; wait terminated", """
    < INVITE !~ m=audio
    > 180
    > 200 sdp
    < ACK ~ m=audio
    < BYE
    > 200""")

callee("reliable 183, PRACK, UPDATE",
       "call; wait ringing; wait updated; update hold; wait updated; wait confirmed; bye; "
       "wait terminated", """
    < INVITE ~ Supported: [^v]*100rel
    > 183 sdp | Require: 100rel | RSeq: 41
    < PRACK ~ RAck: 41 1 INVITE
    > 200
    > UPDATE sdp=sendonly
    < 200 ~ a=recvonly
    < UPDATE ~ a=sendonly
    > 200 sdp=recvonly
    > 200 INVITE
    < ACK
    < BYE
    > 200""")

callee("reliable 183 with the offer, PRACK with the answer",
       "call late; wait confirmed; bye; wait terminated", """
    < INVITE
    > 183 sdp | Require: 100rel | RSeq: 1
    < PRACK ~ m=audio
    > 200
    > 200 INVITE
    < ACK !~ m=audio
    < BYE
    > 200""")

callee("offer in PRACK", "prack-offer on; call; wait confirmed; bye; wait terminated", """
    < INVITE
    > 183 sdp | Require: 100rel | RSeq: 1
    < PRACK ~ m=audio
    > 200 sdp
    > 200 INVITE
    < ACK
    < BYE
    > 200""")

callee("reliable 183 comes again, another one too early",
       "call; wait confirmed; bye; wait terminated", """
    < INVITE
    > 183 sdp | Require: 100rel | RSeq: 7
    < PRACK ~ RAck: 7 1 INVITE
    > 183 INVITE again
    > 200 PRACK
    > 183 INVITE again
    > 182 INVITE | Require: 100rel | RSeq: 9
    = 0.1
    > 180 INVITE | Require: 100rel | RSeq: 8
    < PRACK ~ RAck: 8 1 INVITE
    > 200
    > 200 INVITE
    < ACK
    < BYE
    > 200""")

callee("PRACK refused: 481", "call; wait confirmed; bye; wait terminated", """
    < INVITE
    > 183 sdp | Require: 100rel | RSeq: 1
    < PRACK
    > 481
    > 200 INVITE sdp
    < ACK
    < BYE
    > 200""")

callee("re-INVITE, late re-INVITE and UPDATE of the callee",
       "call; wait confirmed; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    > INVITE sdp=sendonly
    < 200 ~ a=recvonly
    > ACK
    > INVITE
    < 200 ~ m=audio
    > ACK sdp
    > UPDATE sdp=inactive
    < 200 ~ a=inactive
    > UPDATE
    < 200 !~ m=audio
    > BYE
    < 200""")

callee("glare: re-INVITE crosses re-INVITE, 491",
       "call; wait confirmed; reinvite hold; wait updated 10; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < INVITE ~ a=sendonly
    > INVITE sdp
    < 491
    > ACK
    > 491 INVITE
    < ACK
    < INVITE ~ a=sendonly
    > 200 sdp=recvonly
    < ACK
    < BYE
    > 200""")

callee("glare: UPDATE crosses UPDATE, 491",
       "call; wait confirmed; update hold; wait updated 10; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < UPDATE ~ a=sendonly
    > UPDATE sdp
    < 491
    > 491 UPDATE
    < UPDATE ~ a=sendonly
    > 200 sdp=recvonly
    < BYE
    > 200""")

callee("2xx without the answer it owes", "call; wait terminated", """
    < INVITE
    > 200
    < ACK
    < BYE
    > 200""", exits=1)

callee("2xx without the offer that it owes: the caller can make one",
       "call late; wait confirmed; reinvite; wait updated; bye; wait terminated", """
    < INVITE
    > 200
    < ACK
    < INVITE ~ m=audio
    > 200 sdp
    < ACK
    < BYE
    > 200""")

callee("re-INVITE cancelled, the call goes on",
       "call; wait confirmed; reinvite hold; cancel; wait rolled_back; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < INVITE ~ a=sendonly
    > 180
    < CANCEL
    > 200
    > 487 INVITE
    < ACK
    < BYE
    > 200""")

callee("CANCEL of a re-INVITE crosses its 200",
       "call; wait confirmed; reinvite hold; cancel; wait updated; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < INVITE ~ a=sendonly
    > 180
    < CANCEL
    > 200 INVITE sdp=recvonly
    < ACK
    < BYE
    > 200 CANCEL
    > 200 BYE""")

callee("reliable 183 to a re-INVITE",
       "call; wait confirmed; reinvite hold; wait updated; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < INVITE ~ a=sendonly
    > 183 sdp=recvonly | Require: 100rel | RSeq: 3
    < PRACK ~ RAck: 3 2 INVITE
    > 200
    > 200 INVITE
    < ACK
    < BYE
    > 200""")

callee("re-INVITE to another Contact: the BYE goes there",
       "call; wait confirmed; wait info; bye; wait terminated", """
    < INVITE
    > 180 | Contact: <sip:early@[local_ip]:[local_port][tp]>
    > 200 sdp | Contact: <sip:late@[local_ip]:[local_port][tp]>
    < ACK ~ ACK sip:late@
    > UPDATE | Contact: <sip:moved@[local_ip]:[local_port][tp]>
    < 200
    > INVITE sdp | Contact: <sip:again@[local_ip]:[local_port][tp]>
    < 200
    > ACK
    > INFO sdp
    < 200
    < BYE ~ BYE sip:again@
    > 200""")

callee("route set of the 2xx, not that of the 180", "call; wait confirmed; bye; wait terminated", """
    < INVITE
    > 180 | Record-Route: <sip:192.0.2.2;lr>
    > 200 sdp | Record-Route: <sip:192.0.2.3;lr>, <sip:[local_ip]:[local_port][tp];lr>
    < ACK ~ Route: <sip:127.0.0.1:[0-9]+[^>]*;lr>, *<sip:192.0.2.3;lr> !~ 192.0.2.2
    < BYE ~ BYE sip:sipp@ ~ Route: <sip:127.0.0.1:[0-9]+[^>]*;lr>, *<sip:192.0.2.3;lr>
    > 200""")

for status in (404, 486, 503, 603, 699):
    callee(f"refused: {status}", "call; wait rejected; wait terminated", f"""
    < INVITE
    > 180
    > {status} | Retry-After: 120
    < ACK""", exits=1)

callee("199 ends one early dialog, another one answers",
       "call; wait confirmed; bye; wait terminated", """
    < INVITE ~ Supported: .*199
    > 183 tag=b
    > 199 tag=b
    > 180 tag=c
    > 200 sdp tag=c
    < ACK ~ To: .*tag=[0-9]+c
    < BYE ~ To: .*tag=[0-9]+c
    > 200""")

callee("BYE of the callee crosses BYE", "call; wait confirmed; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < BYE
    > BYE
    < 200
    > 200 BYE""")

callee("BYE of the callee crosses re-INVITE",
       "call; wait confirmed; reinvite hold; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < INVITE
    > BYE
    < 200
    > 487 INVITE
    < ACK""")

callee("challenge: 407, and what has been asked once is shown again",
       "call; wait challenged; wait confirmed; bye; wait terminated", """
    < INVITE !~ Proxy-Authorization
    > 407 | Proxy-Authenticate: Digest realm="lab", nonce="abc", qop="auth", algorithm=MD5
    < ACK
    < INVITE ~ Proxy-Authorization: Digest .*nc=00000001
    > 200 sdp
    < ACK ~ Proxy-Authorization: Digest .*nc=00000001
    < BYE ~ Proxy-Authorization: Digest .*nc=00000002
    > 200""", options="--user alice --password secret")

callee("challenge: 401 by the callee, 407 by a proxy, stale nonce",
       "call; wait confirmed; bye; wait terminated", """
    < INVITE
    > 407 | Proxy-Authenticate: Digest realm="lab", nonce="abc", qop="auth"
    < ACK
    < INVITE ~ Proxy-Authorization: Digest
    > 401 | WWW-Authenticate: Digest realm="bob", nonce="def", algorithm=SHA-256, qop="auth"
    < ACK
    < INVITE ~ Proxy-Authorization: Digest ~ Authorization: Digest .*realm="bob"
    > 401 | WWW-Authenticate: Digest realm="bob", nonce="ghi", algorithm=SHA-256, stale=true, qop="auth"
    < ACK
    < INVITE ~ Authorization: Digest .*nonce="ghi"
    > 200 sdp
    < ACK
    < BYE ~ Authorization: Digest .*nonce="ghi"
    > 200""", options="--user alice --password secret")

callee("challenge: wrong password", "call; wait rejected", """
    < INVITE
    > 401 | WWW-Authenticate: Digest realm="bob", nonce="def"
    < ACK
    < INVITE ~ Authorization: Digest
    > 401 | WWW-Authenticate: Digest realm="bob", nonce="ghi"
    < ACK""", options="--user alice --password secret", exits=1)

callee("challenge: of the BYE and a re-INVITE",
       "call; wait confirmed; reinvite hold; wait updated; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < INVITE
    > 407 | Proxy-Authenticate: Digest realm="lab", nonce="abc"
    < ACK
    < INVITE ~ Proxy-Authorization: Digest ~ CSeq: 3 INVITE
    > 200 sdp=recvonly
    < ACK
    < BYE ~ Proxy-Authorization
    > 407 | Proxy-Authenticate: Digest realm="lab", nonce="def", stale=true
    < BYE ~ nonce="def"
    > 200""", options="--user alice --password secret")

callee("redirect: 302", "call; wait redirected; wait terminated", """
    < INVITE
    > 302 | Contact: <sip:carol@192.0.2.9>
    < ACK""", exits=1)

callee("redirect: 302, followed", "call; wait redirected; wait confirmed; bye; wait terminated", """
    < INVITE
    > 302 | Contact: <sip:carol@[local_ip]:[local_port][tp]>
    < ACK
    < INVITE ~ INVITE sip:carol@ ~ To: <sip:bob@ ~ CSeq: 2
    > 200 sdp
    < ACK
    < BYE
    > 200""", options="--follow")

callee("fork: two early dialogs, one 2xx", "call; wait confirmed; bye; wait terminated", """
    < INVITE
    > 180 tag=b
    > 183 sdp tag=c
    > 200 sdp tag=c
    < ACK ~ To: .*tag=[0-9]+c
    < BYE ~ To: .*tag=[0-9]+c
    > 200""")

callee("fork: reliable 183 of each, the second one answers",
       "call; wait confirmed; bye; wait terminated", """
    < INVITE
    > 183 sdp tag=b | Require: 100rel | RSeq: 5
    < PRACK ~ To: .*tag=[0-9]+b ~ RAck: 5 1
    > 200
    > 183 INVITE sdp tag=c | Require: 100rel | RSeq: 5
    < PRACK ~ To: .*tag=[0-9]+c ~ RAck: 5 1
    > 200
    > 200 INVITE tag=c
    < ACK ~ To: .*tag=[0-9]+c
    < BYE ~ To: .*tag=[0-9]+c
    > 200""")

callee("fork: two 2xx, one BYE", "call; wait confirmed; wait terminated", """
    < INVITE
    > 180 tag=b
    > 180 tag=c
    > 200 sdp tag=b
    < ACK ~ To: .*tag=[0-9]+b
    > 200 INVITE sdp tag=c
    < ACK ~ To: .*tag=[0-9]+c
    < BYE ~ To: .*tag=[0-9]+c
    > 200
    > UPDATE tag=b
    < 200
    > BYE tag=b
    < 200""")

callee("CANCEL", "call; wait ringing; cancel; wait terminated", """
    < INVITE
    > 180
    < CANCEL
    > 200
    > 487 INVITE
    < ACK""")

callee("CANCEL waits for a 1xx", "call; cancel; wait terminated", """
    < INVITE
    = 0.2
    > 100
    < CANCEL
    > 200
    > 487 INVITE
    < ACK""")

callee("CANCEL crosses 200", "call; wait ringing; cancel; wait terminated", """
    < INVITE
    > 180
    < CANCEL
    > 200 INVITE sdp
    < ACK
    < BYE
    > 200 CANCEL
    > 200 BYE""")

callee("CANCEL crosses 200, CANCEL gets 481", "call; wait ringing; cancel; wait terminated", """
    < INVITE
    > 180
    < CANCEL
    > 481
    > 200 INVITE sdp
    < ACK
    < BYE
    > 200""")

callee("CANCEL crosses 486", "call; wait ringing; cancel; wait terminated", """
    < INVITE
    > 180
    < CANCEL
    > 486 INVITE
    < ACK
    > 481 CANCEL""")

callee("CANCEL, and no final response ever", "call; wait ringing; cancel; wait terminated 40", """
    < INVITE
    > 180
    < CANCEL
    > 200""", transports="udp")

callee("refused re-INVITE: 488, the call goes on",
       "call; wait confirmed; reinvite hold; wait rolled_back; reinvite hold; wait updated; bye; "
       "wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < INVITE ~ a=sendonly
    > 488
    < ACK
    < INVITE ~ a=sendonly
    > 200 sdp=recvonly
    < ACK
    < BYE
    > 200""")

for status in (481, 408):
    callee(f"refused re-INVITE: {status}, the call ends",
           "call; wait confirmed; reinvite hold; wait terminated", f"""
    < INVITE
    > 200 sdp
    < ACK
    < INVITE ~ a=sendonly
    > {status}
    < ACK
    < BYE
    > 200""")

callee("re-INVITE never answered: the call ends",
       "call; wait confirmed; reinvite hold; wait terminated 40", """
    < INVITE
    > 200 sdp
    < ACK
    < INVITE
    < BYE
    > 200""", transports="udp")

callee("UPDATE refused: 481, the call ends",
       "call; wait confirmed; update hold; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < UPDATE
    > 481
    < BYE
    > 200""")

callee("200 comes again, a 180 after it", "call; wait confirmed; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    > 200 INVITE again
    < ACK
    > 180 INVITE
    > 200 INVITE again
    < ACK
    > BYE
    < 200""", transports="udp", exact=True)

callee("INVITE never answered", "call; wait terminated 40", """
    < INVITE
    = 34""", transports="udp", exits=1)

callee("BYE refused, and the call has ended all the same",
       "call; wait confirmed; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < BYE
    > 481""")

callee("BYE never answered", "call; wait confirmed; bye; wait terminated 40", """
    < INVITE
    > 200 sdp
    < ACK
    < BYE
    = 34""", transports="udp")

callee("REFER, NOTIFY", "call; wait confirmed; refer sip:carol@192.0.2.9; wait notify; "
                        "wait subscription_ended; wait info; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < REFER ~ Refer-To: <sip:carol@192[.]0[.]2[.]9> ~ Referred-By: <sip:alice@
    > 202 | Contact: <sip:sipp@[local_ip]:[local_port][tp]>
    > NOTIFY frag=100 | Event: refer | Subscription-State: active;expires=60
    < 200
    > NOTIFY frag=180 | Event: presence | Subscription-State: active;expires=60
    < 481
    > NOTIFY frag=200 | Event: refer | Subscription-State: terminated;reason=noresource
    < 200
    > NOTIFY frag=200 | Event: refer | Subscription-State: terminated;reason=noresource
    < 481
    > INFO sdp
    < 200
    < BYE
    > 200""")

callee("REFER refused: the call goes on", "call; wait confirmed; refer sip:carol@192.0.2.9; "
       "wait subscription_ended; bye; wait terminated", """
    < INVITE
    > 200 sdp
    < ACK
    < REFER
    > 603
    < BYE
    > 200""")

callee("session timer: 422", "call; wait refreshed; wait confirmed; bye; wait terminated", """
    < INVITE ~ Session-Expires: 90
    > 422 | Min-SE: 150
    < ACK
    < INVITE ~ Session-Expires: 150 ~ Min-SE: 150
    > 200 sdp | Session-Expires: 150;refresher=uac | Require: timer
    < ACK
    < BYE
    > 200""", options="--session-expires 90")


class Run:
    """One flow, with files of its own."""

    ports, lock = set(), threading.Lock()

    def __init__(self, ua, transport, flow, scratch):
        self.path, self.transport, self.flow = ua, transport, flow
        self.scratch = Path(scratch)
        self.agent = self.sipp = None

    @classmethod
    def port(cls):
        with cls.lock:
            while (port := free_port()) in cls.ports:
                pass
            cls.ports.add(port)
            return port

    def start_sipp(self, port, ua_port):
        scenario = self.scratch / "scenario.xml"
        scenario.write_text(Scenario(self.flow.role, self.flow.scenario,
                                     self.flow.exact).xml())
        tp = ";transport=tcp" if self.transport == "tcp" else ""
        command = ["sipp", *([f"127.0.0.1:{ua_port}"] if self.flow.role == "caller" else []),
                   "-sf", str(scenario), "-i", "127.0.0.1", "-p", str(port), "-m", "1",
                   "-t", {"udp": "u1", "tcp": "t1"}[self.transport], "-max_socket", "100",
                   "-nostdin", "-timeout", f"{LIMIT - 5}s", "-timeout_error",
                   "-default_behaviors", "all,-bye", "-au", "sipp", "-ap", "secret",
                   "-key", "ua", f"127.0.0.1:{ua_port}", "-key", "tp", tp,
                   "-auth_uri", f"ua@127.0.0.1:{ua_port}{tp}",
                   "-trace_msg", "-message_file", str(self.scratch / "messages.log"),
                   "-trace_err", "-error_file", str(self.scratch / "errors.log")]
        if self.flow.exact:
            command.append("-nr")
        with open(self.scratch / "sipp.log", "w") as output:
            self.sipp = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT,
                                         stdin=subprocess.DEVNULL)

    def play(self):
        port, ua_port = self.port(), self.port()
        commands = [command.strip() for command in self.flow.commands.split(";")]
        commands = [re.sub("^call\\b", f"call sip:bob@127.0.0.1:{port}"
                           + (";transport=tcp" if self.transport == "tcp" else ""), command)
                    for command in commands if command]
        if self.flow.role == "callee":
            self.start_sipp(port, ua_port)
            wait_for_listener(port, self.transport, self.sipp)
        at = f"127.0.0.1:{ua_port}"
        self.agent = Ua(self.path, "--listen", f"{self.transport}:{at}", "--identity",
                        f"sip:alice@{at}", "--timeout", str(LIMIT), *self.flow.options.split())
        self.agent.wait_for("listening", 10)
        for command in commands:
            self.agent.command(command)
        if self.flow.role == "caller":
            self.start_sipp(port, ua_port)
        status = self.sipp.wait(LIMIT)
        if status != 0:
            raise Failure(f"sipp: exit status {status}")
        # After the last `wait` there is nothing that could still be asked for too early.
        self.agent.command("quit")
        status = self.agent.process.wait(LIMIT)
        self.agent.reader.join(5)
        if status != self.flow.exits:
            raise Failure(f"ua: exit status {status}, not {self.flow.exits}")
        if status not in (0, 1) or self.agent.counts["refused"] \
                or "waited in vain" in "".join(self.agent.told):
            raise Failure(f"ua: exit status {status}, {dict(self.agent.counts)}")

    def tell(self):
        """All that there is to see of it."""
        text = []
        for name, size in (("errors.log", 2000), ("messages.log", 12000)):
            log = self.scratch / name
            if log.exists():
                text += [f"--- sipp: {name}", log.read_text(errors="replace")[-size:]]
        if self.agent:
            text += ["--- ua", *self.agent.told, "".join(self.agent.errors[-60:])]
        return "\n".join(text)

    def stop(self):
        for process in (self.sipp, self.agent and self.agent.process):
            if process and process.poll() is None:
                process.kill()
                process.wait()


def run(ua, transport, flow):
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        one = Run(ua, transport, flow, scratch)
        try:
            one.play()
            return time.monotonic() - begin, "ok", ""
        except (Failure, subprocess.TimeoutExpired) as failure:
            return time.monotonic() - begin, f"FAILED: {failure}", one.tell()
        finally:
            one.stop()


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[2] not in ("udp", "tcp"):
        sys.exit(__doc__)
    if not shutil.which("sipp"):
        print("skipped: there is no sipp here (Debian, Ubuntu: apt-get install sip-tester)")
        return 1 if os.environ.get("OFFHOOK_REQUIRE_PEERS") else 77
    ua, transport, part = (*sys.argv[1:], "")[:3]
    about = subprocess.run(["sipp", "-v"], capture_output=True, text=True).stdout
    version = re.search(r"v(\d[\d.]*)", about)[1]
    flows = [flow for flow in FLOWS if transport in flow.transports.split() and part in flow.name]
    flows.sort(key=lambda flow: " 40" not in flow.commands)  # what takes long goes first
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for flow, (seconds, word, seen) in zip(
                flows, pool.map(lambda flow: run(ua, transport, flow), flows)):
            print(f"SIPp {version}  {flow.role}  {transport}  {flow.name:<62} "
                  f"{seconds:5.1f} s  {word}", flush=True)
            if word != "ok":
                failed += 1
                print(seen, flush=True)
    print(f"{len(flows)} flows, {failed} failed")
    return 1 if failed or not flows else 0


if __name__ == "__main__":
    sys.exit(main())
