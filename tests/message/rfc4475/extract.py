#!/usr/bin/env python3
"""Writes the messages of RFC 4475's appendix here: extract.py path/to/rfc4475.txt"""

import base64
import io
import pathlib
import re
import sys
import tarfile

text = pathlib.Path(sys.argv[1]).read_text()
begin = text.rindex("-- BEGIN MESSAGE ARCHIVE --")
archive = text[begin : text.rindex("-- END MESSAGE ARCHIVE --")]
block = "".join(re.findall(r"^ +([A-Za-z0-9+/]+=*)$", archive, re.MULTILINE))
with tarfile.open(fileobj=io.BytesIO(base64.b64decode(block))) as tar:
    for member in tar:
        # test.dat is no message of the RFC's text.
        if member.isfile() and not member.name.endswith("test.dat"):
            name = pathlib.PurePath(member.name).name
            (pathlib.Path(__file__).parent / name).write_bytes(tar.extractfile(member).read())
