"""What the server counts and measures, in Prometheus' words; no user, number or address is ever a label."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

_LATENCIES_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class _EventCount(Collector):
    """Reads the event log's revision when somebody looks, which costs nothing while nobody does."""

    def __init__(self, read: Callable[[], int]) -> None:
        self._read = read

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Answer the registry."""
        yield CounterMetricFamily("wwphone_events", "Changes published since the start", value=self._read())


class Metrics:
    """One registry for one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._commands = Histogram(
            "wwphone_command_seconds",
            "From the arrival of a command to its answer",
            ["command", "outcome"],
            buckets=_LATENCIES_S,
            registry=self._registry,
        )
        self._observe: dict[tuple[str, str], Callable[[float], None]] = {}
        """Of the histogram, by its labels: finding it there takes longer than counting."""
        self._sign_ins = self._counter("wwphone_sign_ins", "Passwords and tokens offered", "kind", "outcome")
        self._refused = self._counter("wwphone_connections_refused", "Before the handshake", "reason")
        self._closed = self._counter("wwphone_connections_closed", "Closed by the server", "reason")

    def command_ended(self, name: str, outcome: str, took_s: float) -> None:
        """A command was answered: `ok` or the code of its error."""
        observe = self._observe.get((name, outcome))
        if observe is None:
            observe = self._observe[name, outcome] = self._commands.labels(name, outcome).observe
        observe(took_s)

    def sign_in_ended(self, kind: str, outcome: str) -> None:
        """A sign-in or a resume was answered: `ok` or the code of its error."""
        self._sign_ins.labels(kind, outcome).inc()

    def connection_refused(self, reason: str) -> None:
        """A connection was turned away."""
        self._refused.labels(reason).inc()

    def connection_closed(self, reason: str) -> None:
        """The server ended a connection."""
        self._closed.labels(reason).inc()

    def watch(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Show a figure that is read when somebody looks."""
        Gauge(name, text, registry=self._registry).set_function(read)

    def watch_events(self, read: Callable[[], int]) -> None:
        """Show how many events there have been."""
        self._registry.register(_EventCount(read))

    def value(self, name: str, **labels: str) -> float:
        """One figure, 0.0 when it was never touched."""
        return self._registry.get_sample_value(name, labels) or 0.0

    def text(self) -> str:
        """Everything in Prometheus' exposition format."""
        return generate_latest(self._registry).decode()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(name, text, labels, registry=self._registry)
