"""PJSIP behind `sip.api`: one thread owns the library, what crosses is frozen (ARCHITECTURE, "Threads").

| module | what it does |
|---|---|
| `engine` | the main thread's side: queues commands, hands events to the listener |
| `thread` | the SIP thread's loop: commands, timers, PJSIP's own events, and how it is woken |
| `user_agent` | the SIP thread's side: what each command does |
| `endpoint` | starting and ending the library, transports, codecs |
| `account` | the registration, with back-off |
| `call`, `call_table`, `invite` | calls |
| `sound`, `ring`, `watch`, `pulse` | sound devices, tones, and the watch over them |
| `pj_events` | what PJSIP's event objects tell |
| `messages`, `errors`, `backoff`, `quality`, `devices`, `certificates` | pure helpers |
"""
