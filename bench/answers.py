"""A small HTTP/1.1 server with keep-alive for the benchmarks: one function answers all requests.

Prints its port when it is ready and ends with its standard input.
"""

import asyncio
import sys


async def connection(answer, reader, writer):
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = 0
            for line in head.split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            status, body = answer(head.split(b" ", 2)[1], await reader.readexactly(length))
            writer.write(b"HTTP/1.1 %d -\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % (status, len(body)))
            writer.write(body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def serve(answer):
    """`answer(path, body)` gives status and body, all bytes; it is never called twice at a time."""
    server = await asyncio.start_server(lambda reader, writer: connection(answer, reader, writer), "127.0.0.1", 0,
                                        backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


def run(answer):
    asyncio.run(serve(answer))
