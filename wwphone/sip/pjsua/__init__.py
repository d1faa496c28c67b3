"""PJSIP behind `sip.api`: one thread owns the library, what crosses is frozen (ARCHITECTURE, "Threads").

| module | what it does |
|---|---|
| `engine` | the main thread's side: queues commands, hands events to the listener |
| `thread` | the SIP thread's loop: commands, timers, PJSIP's own events, and how it is woken |
| `user_agent` | the SIP thread's side: what each command does |
| `endpoint` | starting and ending the library, transports, codecs |
| `account`, `accounts` | the registration with back-off; the account in use, former ones, strangers |
| `call`, `pj_call` | calls: ours, and PJSIP's side of them |
| `sound`, `mixer`, `tones`, `watch`, `pulse` | sound devices, who hears whom, and the watch over the sound server |
| `pj_events` | what PJSIP's event objects tell |
| `messages`, `errors`, `backoff`, `quality`, `devices`, `certificates`, `names`, `failures`, `logs` | helpers |
"""
