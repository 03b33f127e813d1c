"""SIPp scenarios from a few words a message.

A line for each thing that SIPp does, in order:

    > INVITE sdp                   sends a request; `sdp` brings a description, `sdp=sendonly` that one
    > NOTIFY frag=200              with the status line of a message/sipfrag
    > INVITE first auth            one without a To tag, with credentials for the last challenge
    > BYE again                    sends the last one of these again as it was, branch and all
    > 183 sdp | RSeq: 7            answers the last request; more header fields follow after `|`
    > 200 INVITE                   answers the last INVITE
    < 200 ~ m=audio !~ a=inactive  waits for a response; what it must hold, and what it must not
    < 183 rel                      a reliable one, whose RSeq the next PRACK has in its RAck
    < 401 auth                     a challenge, which `auth` answers
    < BYE                          waits for a request
    = 0.5                          waits for so many seconds

`tag=b` in a line that sends names another of the callee's tags, as a fork would. Sequence numbers,
branches, and the ACK's being that of a 2xx or not, follow from what came before.
"""
import re
from html import escape

SDP = """v=0
o=sipp 1 {version} IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m={kind} [media_port] RTP/AVP {format}
a={direction}"""

HEADERS = ("Via", "From", "To", "CSeq")


class Scenario:
    def __init__(self, role, text, exact=False):
        self.exact = exact  # each repetition stands in the text
        self.caller = role == "caller"
        self.parts, self.variables = [], set()
        self.cseq = self.version = self.number = 0
        self.sent = {}           # method or (status, method) -> text, for `again`
        self.invite_branch = ""
        self.invite_cseq = 1
        self.invite_status = 0   # of the last final response to our INVITE
        self.last_request = ""   # that came
        self.unacknowledged = []  # statuses of reliable responses that may come again
        self.last_sent = ""      # request of ours that is not an ACK
        self.accepted = False     # the callee has sent a 2xx
        self.established = False  # the next INVITE has a To tag
        for line in text.strip().splitlines():
            self._line(line.strip())

    def xml(self):
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<scenario name="flow">', *self.parts]
        if self.variables:
            lines.append(f'<Reference variables="{",".join(sorted(self.variables))}"/>')
        return "\n".join([*lines, "</scenario>", ""])

    def _line(self, line):
        kind, rest = line[0], line[1:].strip()
        if kind == "=":
            self.parts.append(f'<pause milliseconds="{int(float(rest) * 1000)}"/>')
        elif kind == "<":
            self._receive(rest)
        elif kind == ">":
            words, *fields = [part.strip() for part in rest.split(" | ")]
            words = words.split()
            if "again" in words:
                key = (words[0], words[1]) if words[0].isdigit() else words[0]
                text = self.sent[key]
            elif words[0].isdigit():
                text = self._response(words, fields)
            else:
                text = self._request(words, fields)
            self.parts.append(f"<send><![CDATA[\n{text}\n]]></send>")
        else:
            raise ValueError(line)

    # --- what comes

    def _receive(self, rest):
        head, *checks = re.split(r" (?=!?~ )", rest)
        words, actions = head.split(), []
        for check in checks:
            inverse = check.startswith("!")
            actions.append(self._ereg("checked", "msg", check.split("~ ", 1)[1],
                                      "check_it_inverse" if inverse else "check_it"))
        word, attributes = words[0], ""
        if word.isdigit():
            method = next((w for w in words[1:] if w.isupper()), self.last_sent)
            actions.append(self._ereg("checked", "hdr", f" {method}", "check_it", "CSeq:"))
            if "rel" in words:
                actions.append(self._ereg("required", "hdr", "100rel", "check_it", "Require:"))
                actions.append(self._ereg("rseq", "hdr", "[0-9]+", "check_it", "RSeq:"))
            if "auth" in words:
                attributes = ' auth="true"'
            if method == "INVITE" and int(word) >= 200:
                self.invite_status = int(word)
                self.established = self.established or int(word) < 300
            if int(word) > 100 and method == "INVITE":
                self.parts.append('<recv response="100" optional="true"/>')
            if not self.exact:
                self.parts += [f'<recv response="{status}" optional="true"/>'
                               for status in self.unacknowledged]
            if method == "PRACK" and word == "200":
                self.unacknowledged.clear()
            if "rel" in words:
                self.unacknowledged.append(word)
            start = f'<recv response="{word}"{attributes}>'
        else:
            self.last_request = word
            if word == "INVITE" and not self.caller:
                self.established = self.accepted
                if not self.accepted:  # the parties of what becomes the dialog
                    actions += [self._ereg(f"{header}_first", "hdr", "[^ ].*", "check_it",
                                           f"{header}:") for header in ("From", "To")]
            for header in HEADERS:
                # [^ ] first: the value without the blanks before it
                actions.append(self._ereg(f"{header}_{word}", "hdr", "[^ ].*", "check_it",
                                          f"{header}:"))
            start = f'<recv request="{word}">'
        self.parts.append("\n".join([start, "<action>", *actions, "</action>", "</recv>"]))

    def _ereg(self, variable, where, regexp, check, header=""):
        self.variables.add(variable)
        of = f' header="{header}"' if header else ""
        return (f'<ereg regexp="{escape(regexp)}" search_in="{where}"{of} {check}="true" '
                f'assign_to="{variable}"/>')

    # --- what goes

    def _tag(self, words):
        named = [word[4:] for word in words if word.startswith("tag=")]
        return "[pid]" + (named[0] if named else "a")

    def _message(self, start, headers, fields, words):
        body = ""
        sdp = [word for word in words if word == "sdp" or word.startswith("sdp=")]
        if sdp:
            self.version += 1
            direction = sdp[0][4:] or "sendrecv"
            video = direction == "video"
            body = SDP.format(version=self.version, direction="sendrecv" if video else direction,
                              kind="video" if video else "audio", format="31" if video else "0")
            headers.append("Content-Type: application/sdp")
        for word in words:
            if word.startswith("frag="):
                headers.append("Content-Type: message/sipfrag;version=2.0")
                body = f"SIP/2.0 {word[5:]} As Told"
        given = {field.split(":")[0].lower() for field in fields}
        headers = [h for h in headers if h.split(":")[0].lower() not in given] + fields
        return "\n".join([start, *headers, "Content-Length: [len]", "", body])

    def _contact(self):
        return "Contact: <sip:sipp@[local_ip]:[local_port][tp]>"

    def _request(self, words, fields):
        method = words[0]
        first = "first" in words or method == "INVITE" and not self.established
        self.number += 1
        branch = f"z9hG4bK[pid]x[call_number]x{self.number}"
        if method == "CANCEL" or method == "ACK" and self.invite_status >= 300:
            branch = self.invite_branch or branch
        if method in ("ACK", "CANCEL"):
            cseq = self.invite_cseq
        else:
            self.cseq += 1
            cseq, self.last_sent = self.cseq, method
        if method == "INVITE":
            self.invite_branch, self.invite_cseq, self.invite_status = branch, cseq, 0
        if method == "CANCEL":
            self.last_sent = method
        if self.caller:
            uri = "sip:ua@[ua]"
            parties = ["From: <sip:sipp@[local_ip]:[local_port]>;tag=[pid]c",
                       f"To: <{uri}>" + ("" if first or method == "CANCEL" else "[peer_tag_param]")]
        else:
            uri = "sip:alice@[ua]"
            parties = [f"From: [$To_first];tag={self._tag(words)}", "To: [$From_first]"]
        headers = [f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}",
                   "Max-Forwards: 70", *parties, "Call-ID: [call_id]", f"CSeq: {cseq} {method}"]
        if method in ("INVITE", "UPDATE", "NOTIFY"):
            headers.append(self._contact())
        if method == "PRACK":
            headers.append(f"RAck: [$rseq] {self.invite_cseq} INVITE")
        if "auth" in words:
            headers.append("[authentication]")
        text = self._message(f"{method} {uri}[tp] SIP/2.0", headers, fields, words)
        self.sent[method] = text
        return text

    def _response(self, words, fields):
        status = words[0]
        method = words[1] if len(words) > 1 and words[1].isupper() else self.last_request
        to = f"To: [$To_{method}]"
        if not self.caller and (method == "CANCEL" or method == "INVITE" and not self.established):
            if status != "100":
                to += f";tag={self._tag(words)}"
        headers = [f"Via: [$Via_{method}]", f"From: [$From_{method}]", to, "Call-ID: [call_id]",
                   f"CSeq: [$CSeq_{method}]"]
        if method == "INVITE" and status[0] == "2":
            self.accepted = True
        if method in ("INVITE", "UPDATE") and status < "300":
            headers.append(self._contact())
        text = self._message(f"SIP/2.0 {status} As Told", headers, fields, words)
        self.sent[status, method] = text
        return text
