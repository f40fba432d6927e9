"""A small HTTP/1.1 server with keep-alive for the benchmarks: one function answers all requests.

Prints its port when it is ready and ends with its standard input.
"""

import asyncio
import sys
import time


async def connection(answer, delay, reader, writer):
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = 0
            for line in head.split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            body = await reader.readexactly(length)
            due = time.monotonic() + delay
            status, body = answer(head.split(b" ", 2)[1], body)
            await asyncio.sleep(due - time.monotonic())
            writer.write(b"HTTP/1.1 %d -\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % (status, len(body)))
            writer.write(body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def serve(answer, delay):
    server = await asyncio.start_server(lambda reader, writer: connection(answer, delay, reader, writer), "127.0.0.1", 0,
                                        backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


def run(answer, delay=0.0):
    """`answer(path, body)` gives status and body, all bytes; it is never called twice at a time. It takes `delay` seconds
    from a request to its answer."""
    asyncio.run(serve(answer, delay))
