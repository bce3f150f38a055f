"""The embedded broker: messages are whole, in order, and each is taken once, whoever else reads and writes."""

from __future__ import annotations

import threading
from collections import Counter

from celery import Celery
from kombu import Connection

from grader.contract import celery_settings


def connection(folder) -> Connection:
    settings = celery_settings("filesystem://", folder)
    return Connection(
        settings["broker_url"],
        transport=settings["broker_transport"],
        transport_options=settings["broker_transport_options"],
    )


def test_messages_are_taken_once_by_concurrent_readers(tmp_path):
    writers, readers, each = 3, 3, 120
    seen: Counter[int] = Counter()
    lock = threading.Lock()
    padding = "x" * 100_000

    def write(start: int) -> None:
        with connection(tmp_path) as link:
            queue = link.SimpleQueue("grade.cpu")
            for number in range(start, start + each):
                queue.put({"number": number, "padding": padding})

    def read() -> None:
        with connection(tmp_path) as link:
            queue = link.SimpleQueue("grade.cpu")
            while True:
                try:
                    message = queue.get(timeout=3)
                except queue.Empty:
                    return
                message.ack()
                with lock:
                    seen[message.payload["number"]] += 1

    threads = [threading.Thread(target=write, args=(n * each,)) for n in range(writers)]
    threads += [threading.Thread(target=read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == Counter(range(writers * each))


def test_messages_keep_their_order_and_their_queue(tmp_path):
    app = Celery("test")
    app.conf.update(celery_settings("filesystem://", tmp_path))
    for number in range(5):
        app.send_task("a", args=[number], queue="grade.cpu")
        app.send_task("b", args=[number], queue="results")
    with connection(tmp_path) as link:
        queue = link.SimpleQueue("grade.cpu")
        bodies = [queue.get(timeout=1).payload[0] for _ in range(5)]
        assert queue.qsize() == 0
    assert bodies == [[number] for number in range(5)]
