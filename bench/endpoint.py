"""An AWS endpoint with a delay: moto in a process of its own, which notes every request it answers.

It answers about networks as the cloud in a box does.

    GET  /bench/log     the requests so far, as JSON
    POST /bench/reset   forgets the requests and all resources
    POST /bench/delay   seconds (the body) that every answer takes from now on, moto's own time included

Prints its port when it is ready and ends with its standard input.
"""

import io
import json
import pathlib
import sys
import threading
import time
from urllib.parse import parse_qsl

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "local"))

from asiaq_local import ec2_dhcp, ec2_endpoints, ec2_gateways, ec2_peerings, ec2_routes, ec2_security_groups
from moto.moto_api._internal.models import moto_api_backend
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


class Endpoint:
    def __init__(self):
        self.delay = 0.0
        self.log = []
        self.lock = threading.Lock()
        self.moto = DomainDispatcherApplication(create_backend_app)

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ["PATH_INFO"]
        if path.startswith("/bench/"):
            return self.own(path, body, start_response)
        begin = time.monotonic()
        environ["wsgi.input"] = io.BytesIO(body)
        # One at a time: moto's state is not made for threads. The delay below is what runs in parallel.
        with self.lock:
            answer = b"".join(self.moto(environ, start_response))
            headers = {name[5:].replace("_", "-").title(): value for name, value in environ.items()
                       if name.startswith("HTTP_")}
            headers["Content-Type"] = environ.get("CONTENT_TYPE", "")
            entry = {"parameters": dict(parse_qsl(body.decode(), keep_blank_values=True)), "body": body.decode(),
                     "method": environ["REQUEST_METHOD"], "path": path, "headers": headers, "answer": answer.decode()}
            self.log.append(entry)
        time.sleep(max(0.0, begin + self.delay - time.monotonic()))
        entry |= {"begin": begin, "end": time.monotonic()}
        return [answer]

    def own(self, path, body, start_response):
        answer = b""
        if path == "/bench/log":
            answer = json.dumps(self.log).encode()
        elif path == "/bench/reset":
            moto_api_backend.reset()
            self.log.clear()
        elif path == "/bench/delay":
            self.delay = float(body)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
        return [answer]


if __name__ == "__main__":
    for part in (ec2_dhcp, ec2_endpoints, ec2_gateways, ec2_peerings, ec2_routes, ec2_security_groups):
        part.install()
    server = make_server("127.0.0.1", 0, Endpoint(), threaded=True, request_handler=Quiet)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
