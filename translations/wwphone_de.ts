<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_CH">
<context>
    <name>Banners</name>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>That did not work ({detail}). The call goes on.</source>
        <translation>Das hat nicht geklappt ({detail}). Das Gespräch läuft weiter.</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>No line to the server since {time}; colleagues are shown as of then. Calls go on.</source>
        <translation>Keine Verbindung zum Server seit {time}; die Kollegen stehen da wie in jenem Moment. Gespräche laufen weiter.</translation>
    </message>
    <message>
        <source>It is tried again by itself.</source>
        <translation>Es wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>The CTI server does not reach the PBX: states of phones may be old.</source>
        <translation>Der CTI-Server erreicht die Telefonanlage nicht: Der Zustand der Telefone kann veraltet sein.</translation>
    </message>
    <message>
        <source>The key store of this PC cannot be opened, so you will have to sign in again next time.</source>
        <translation>Der Schlüsselbund dieses PCs lässt sich nicht öffnen. Beim nächsten Start müssen Sie sich neu anmelden.</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>und {count} weitere</translation>
    </message>
    <message>
        <source>{name} has set your presence to “{presence}”.</source>
        <translation>{name} hat Ihre Präsenz auf «{presence}» gesetzt.</translation>
    </message>
    <message>
        <source>They are: {names}.</source>
        <translation>Es sind: {names}.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
</context>
<context>
    <name>CallCard</name>
    <message>
        <source>Unknown caller</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>Microphone on (F8)</source>
        <translation>Mikrofon einschalten (F8)</translation>
    </message>
    <message>
        <source>Mute the microphone (F8)</source>
        <translation>Mikrofon stumm schalten (F8)</translation>
    </message>
    <message>
        <source>Resume the call (F7)</source>
        <translation>Gespräch weiterführen (F7)</translation>
    </message>
    <message>
        <source>Hold the call (F7)</source>
        <translation>Gespräch halten (F7)</translation>
    </message>
    <message>
        <source>Keypad</source>
        <translation>Tastenfeld</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>Record the call (Ctrl+R)</source>
        <translation>Gespräch aufnehmen (Ctrl+R)</translation>
    </message>
    <message>
        <source>Park the call (Ctrl+P)</source>
        <translation>Anruf parken (Ctrl+P)</translation>
    </message>
    <message>
        <source>Transfer the call (Ctrl+T)</source>
        <translation>Anruf verbinden (Ctrl+T)</translation>
    </message>
    <message>
        <source>Merge with the other call (Ctrl+M)</source>
        <translation>Mit dem anderen Anruf zusammenschalten (Ctrl+M)</translation>
    </message>
    <message>
        <source>Take out of the merged calls</source>
        <translation>Aus der Zusammenschaltung nehmen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
    <message>
        <source>back from {name}</source>
        <translation>zurück von {name}</translation>
    </message>
    <message>
        <source>calls you into a conference</source>
        <translation>ruft Sie in eine Konferenz</translation>
    </message>
    <message>
        <source>lift the receiver</source>
        <translation>Hörer abheben</translation>
    </message>
    <message>
        <source>being transferred</source>
        <translation>wird verbunden</translation>
    </message>
    <message>
        <source>Decline</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Hang up</source>
        <translation>Auflegen</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Call again</source>
        <translation>Nochmals anrufen</translation>
    </message>
    <message>
        <source>back from {slot}: nobody fetched it</source>
        <translation>zurück von {slot}: niemand hat ihn geholt</translation>
    </message>
    <message>
        <source>holds you</source>
        <translation>hält Sie</translation>
    </message>
    <message>
        <source>muted</source>
        <translation>stumm</translation>
    </message>
    <message>
        <source>Encrypted</source>
        <translation>Verschlüsselt</translation>
    </message>
</context>
<context>
    <name>CallNote</name>
    <message>
        <source>The note could not be stored: copy it if you need it later.</source>
        <translation>Die Notiz konnte nicht gespeichert werden: Kopieren Sie sie, wenn Sie sie später brauchen.</translation>
    </message>
    <message>
        <source>What is to be remembered of this call …</source>
        <translation>Was von diesem Anruf zu merken ist …</translation>
    </message>
    <message>
        <source>Note about this call</source>
        <translation>Notiz zu diesem Anruf</translation>
    </message>
</context>
<context>
    <name>CallPagesPage</name>
    <message>
        <source>In an address, {placeholders} stand for what is known of the call.</source>
        <translation>In einer Adresse stehen {placeholders} für das, was vom Anruf bekannt ist.</translation>
    </message>
</context>
<context>
    <name>ColleagueDelegate</name>
    <message>
        <source>{name} (you)</source>
        <translation>{name} (Sie)</translation>
    </message>
</context>
<context>
    <name>ColleagueList</name>
    <message>
        <source>Call {name} first</source>
        <translation>Zuerst {name} anrufen</translation>
    </message>
    <message>
        <source>Transfer to {name} now; with Ctrl: call first</source>
        <translation>Jetzt zu {name} verbinden; mit Ctrl: zuerst anrufen</translation>
    </message>
</context>
<context>
    <name>ColleagueMenu</name>
    <message>
        <source>Call</source>
        <translation>Anrufen</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Pick up</source>
        <translation>Holen</translation>
    </message>
    <message>
        <source>Transfer the call here …</source>
        <translation>Den Anruf hierher verbinden …</translation>
    </message>
    <message>
        <source>Set presence (Ctrl+S)</source>
        <translation>Präsenz setzen (Ctrl+S)</translation>
    </message>
    <message>
        <source>Presence of {name}</source>
        <translation>Präsenz von {name}</translation>
    </message>
</context>
<context>
    <name>ColleaguesPanel</name>
    <message>
        <source>Filter colleagues …</source>
        <translation>Kollegen filtern …</translation>
    </message>
    <message>
        <source>Filter colleagues</source>
        <translation>Kollegen filtern</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
    <message>
        <source>Colleagues</source>
        <translation>Kollegen</translation>
    </message>
    <message>
        <source>Show as a list</source>
        <translation>Als Liste zeigen</translation>
    </message>
    <message>
        <source>Show as tiles</source>
        <translation>Als Kacheln zeigen</translation>
    </message>
    <message>
        <source>as of {time}</source>
        <translation>Stand {time}</translation>
    </message>
    <message>
        <source>Nobody fits “{text}”.</source>
        <translation>Niemand passt zu «{text}».</translation>
    </message>
    <message>
        <source>Show everybody</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <source>You have no colleagues yet. Your administrator adds them on the server.</source>
        <translation>Sie haben noch keine Kollegen. Ihr Administrator erfasst sie auf dem Server.</translation>
    </message>
    <message>
        <source>Signing in: your colleagues appear in a moment.</source>
        <translation>Anmeldung läuft: Ihre Kollegen erscheinen gleich.</translation>
    </message>
    <message>
        <source>Your colleagues appear here as soon as you are signed in.</source>
        <translation>Hier erscheinen Ihre Kollegen, sobald Sie angemeldet sind.</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
</context>
<context>
    <name>Conference</name>
    <message>
        <source>The conference window was closed: your administrator lets you hold conferences no more. A conference that runs goes on.</source>
        <translation>Das Konferenzfenster wurde geschlossen: Ihr Administrator lässt Sie keine Konferenzen mehr halten. Eine laufende Konferenz geht weiter.</translation>
    </message>
    <message>
        <source>The dial-in of {name} is copied; paste it wherever you want to send it.</source>
        <translation>Die Einwahl von {name} ist kopiert; fügen Sie sie dort ein, wo Sie sie senden wollen.</translation>
    </message>
    <message>
        <source>The dial-in of this room is copied; paste it wherever you want to send it.</source>
        <translation>Die Einwahl dieses Raums ist kopiert; fügen Sie sie dort ein, wo Sie sie senden wollen.</translation>
    </message>
    <message>
        <source>Let be heard again</source>
        <translation>Wieder hören lassen</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stummschalten</translation>
    </message>
    <message>
        <source>Chair no more</source>
        <translation>Leitung entziehen</translation>
    </message>
    <message>
        <source>Make chair</source>
        <translation>Leitung geben</translation>
    </message>
    <message>
        <source>Copy the link</source>
        <translation>Link kopieren</translation>
    </message>
    <message>
        <source>Ctrl+C</source>
        <translation>Ctrl+C</translation>
    </message>
    <message>
        <source>Hang up</source>
        <translation>Auflegen</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Send the invitation again</source>
        <translation>Einladung nochmals senden</translation>
    </message>
    <message>
        <source>Call again</source>
        <translation>Nochmals anrufen</translation>
    </message>
    <message>
        <source>Call now</source>
        <translation>Jetzt anrufen</translation>
    </message>
    <message>
        <source>Stop calling</source>
        <translation>Nicht mehr anrufen</translation>
    </message>
    <message>
        <source>Clear away</source>
        <translation>Wegräumen</translation>
    </message>
    <message>
        <source>The invitation of {name} is being sent again.</source>
        <translation>Die Einladung an {name} wird nochmals gesendet.</translation>
    </message>
    <message>
        <source>Somebody</source>
        <translation>Jemand</translation>
    </message>
    <message>
        <source>is there</source>
        <translation>ist da</translation>
    </message>
    <message>
        <source>is being called</source>
        <translation>wird angerufen</translation>
    </message>
    <message>
        <source>rings</source>
        <translation>es klingelt</translation>
    </message>
    <message>
        <source>busy</source>
        <translation>besetzt</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>declined the call</source>
        <translation>hat den Anruf abgelehnt</translation>
    </message>
    <message>
        <source>cannot be reached</source>
        <translation>nicht erreichbar</translation>
    </message>
    <message>
        <source>has left</source>
        <translation>ist gegangen</translation>
    </message>
    <message>
        <source>invitation not delivered</source>
        <translation>Einladung nicht zugestellt</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>zugesagt</translation>
    </message>
    <message>
        <source>accepted tentatively</source>
        <translation>mit Vorbehalt zugesagt</translation>
    </message>
    <message>
        <source>declined</source>
        <translation>abgesagt</translation>
    </message>
    <message>
        <source>invitation perhaps not delivered</source>
        <translation>Einladung vielleicht nicht zugestellt</translation>
    </message>
    <message>
        <source>invitation is being sent</source>
        <translation>Einladung wird gesendet</translation>
    </message>
    <message>
        <source>invitation sent</source>
        <translation>Einladung gesendet</translation>
    </message>
    <message>
        <source>Only whose room it is, administrators and chairs may do this.</source>
        <translation>Das dürfen nur, wem der Raum gehört, Administratoren und wer die Leitung hat.</translation>
    </message>
    <message>
        <source>They are not there any more.</source>
        <translation>Diese Person ist nicht mehr da.</translation>
    </message>
    <message>
        <source>This room is not there any more.</source>
        <translation>Diesen Raum gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>The room is full: nobody else can be called in.</source>
        <translation>Der Raum ist voll: Niemand mehr kann dazugerufen werden.</translation>
    </message>
    <message>
        <source>One of these numbers cannot be dialled. Nobody was called.</source>
        <translation>Eine dieser Nummern lässt sich nicht wählen. Niemand wurde angerufen.</translation>
    </message>
    <message>
        <source>Whoever was called has just answered.</source>
        <translation>Wer angerufen wurde, hat eben abgenommen.</translation>
    </message>
    <message>
        <source>Nobody is there, so there is nothing to lock.</source>
        <translation>Niemand ist da, also gibt es nichts zu sperren.</translation>
    </message>
    <message>
        <source>This PIN is easily guessed. Take no digits in a row or over and over again, no year, and not your number.</source>
        <translation>Diese PIN ist leicht zu erraten. Nehmen Sie keine Ziffern der Reihe nach oder immer wieder dieselben, kein Jahr und nicht Ihre Nummer.</translation>
    </message>
    <message>
        <source>Nothing was sent: this conference is over, or it was sent again less than a minute ago.</source>
        <translation>Nichts wurde gesendet: Diese Konferenz ist vorbei, oder die Einladung ging vor weniger als einer Minute nochmals weg.</translation>
    </message>
    <message>
        <source>This conference is over: nothing was sent.</source>
        <translation>Diese Konferenz ist vorbei: Nichts wurde gesendet.</translation>
    </message>
    <message>
        <source>This conference is planned no more: nothing was sent.</source>
        <translation>Diese Konferenz ist nicht mehr geplant: Nichts wurde gesendet.</translation>
    </message>
    <message>
        <source>You have planned as much as one may: cancel a conference first.</source>
        <translation>Sie haben so viel geplant, wie man darf: Sagen Sie zuerst eine Konferenz ab.</translation>
    </message>
    <message>
        <source>It was changed or cancelled meanwhile, or is over: nothing was sent.</source>
        <translation>Sie wurde inzwischen geändert oder abgesagt oder ist vorbei: Nichts wurde gesendet.</translation>
    </message>
    <message>
        <source>It does not go on any more, so it cannot be made longer.</source>
        <translation>Sie läuft nicht mehr und kann darum nicht verlängert werden.</translation>
    </message>
    <message>
        <source>It cannot be made any longer: another one follows, or it is as long as it may be.</source>
        <translation>Sie kann nicht weiter verlängert werden: Eine andere folgt, oder sie ist so lang wie erlaubt.</translation>
    </message>
    <message>
        <source>{name} (you)</source>
        <translation>{name} (Sie)</translation>
    </message>
    <message>
        <source>muted</source>
        <translation>stumm</translation>
    </message>
    <message>
        <source>talking</source>
        <translation>spricht</translation>
    </message>
    <message>
        <source>listening</source>
        <translation>hört zu</translation>
    </message>
    <message>
        <source>chair</source>
        <translation>Leitung</translation>
    </message>
    <message>
        <source>since {time}</source>
        <translation>seit {time}</translation>
    </message>
    <message>
        <source>{name} is there instead</source>
        <translation>{name} ist stattdessen da</translation>
    </message>
    <message>
        <source>my room</source>
        <translation>mein Raum</translation>
    </message>
    <message>
        <source>from outside {number}</source>
        <translation>von aussen {number}</translation>
    </message>
    <message>
        <source>from inside {number}</source>
        <translation>von innen {number}</translation>
    </message>
    <message>
        <source>room {number}</source>
        <translation>Raum {number}</translation>
    </message>
    <message>
        <source>PIN {pin}</source>
        <translation>PIN {pin}</translation>
    </message>
    <message>
        <source>Conference</source>
        <translation>Konferenz</translation>
    </message>
    <message>
        <source>Conference room</source>
        <translation>Konferenzraum</translation>
    </message>
    <message>
        <source>Dial in</source>
        <translation>Einwählen</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Let nobody dial in any more (Ctrl+L)</source>
        <translation>Niemanden mehr einwählen lassen (Ctrl+L)</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>Record the conference (Ctrl+R)</source>
        <translation>Die Konferenz aufnehmen (Ctrl+R)</translation>
    </message>
    <message>
        <source>Plan …</source>
        <translation>Planen …</translation>
    </message>
    <message>
        <source>15 minutes more</source>
        <translation>15 Minuten länger</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Link</translation>
    </message>
    <message>
        <source>PIN …</source>
        <translation>PIN …</translation>
    </message>
    <message>
        <source>PIN of your room</source>
        <translation>PIN Ihres Raums</translation>
    </message>
    <message>
        <source>In the conference</source>
        <translation>In der Konferenz</translation>
    </message>
    <message>
        <source>Mute all</source>
        <translation>Alle stumm</translation>
    </message>
    <message>
        <source>End for all</source>
        <translation>Für alle beenden</translation>
    </message>
    <message>
        <source>Invited</source>
        <translation>Eingeladen</translation>
    </message>
    <message>
        <source>Invite by phone …</source>
        <translation>Telefonisch einladen …</translation>
    </message>
    <message>
        <source>Invite by phone: names or numbers</source>
        <translation>Telefonisch einladen: Namen oder Nummern</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Anrufen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
</context>
<context>
    <name>ConferenceBar</name>
    <message>
        <source>Locked</source>
        <translation>Gesperrt</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Copy how one gets into this room</source>
        <translation>Kopieren, wie man in diesen Raum kommt</translation>
    </message>
    <message>
        <source>Set, change or remove the PIN of your room (Ctrl+P)</source>
        <translation>Die PIN Ihres Raums setzen, ändern oder entfernen (Ctrl+P)</translation>
    </message>
    <message>
        <source>There is no number by which you could dial in.</source>
        <translation>Es gibt keine Nummer, mit der Sie sich einwählen könnten.</translation>
    </message>
    <message>
        <source>The dial-in of this room is copied; paste it wherever you want to send it.</source>
        <translation>Die Einwahl dieses Raums ist kopiert; fügen Sie sie dort ein, wo Sie sie senden wollen.</translation>
    </message>
    <message>
        <source>Your room has a new PIN.</source>
        <translation>Ihr Raum hat eine neue PIN.</translation>
    </message>
    <message>
        <source>Your room has no PIN any more.</source>
        <translation>Ihr Raum hat keine PIN mehr.</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufnahme</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>End the recording (Ctrl+R)</source>
        <translation>Die Aufnahme beenden (Ctrl+R)</translation>
    </message>
    <message>
        <source>Dial in, then you can record the conference (Ctrl+R)</source>
        <translation>Wählen Sie sich ein, dann können Sie die Konferenz aufnehmen (Ctrl+R)</translation>
    </message>
    <message>
        <source>Record the conference (Ctrl+R)</source>
        <translation>Die Konferenz aufnehmen (Ctrl+R)</translation>
    </message>
    <message>
        <source>There is no conference room for you. Your administrator can make one.</source>
        <translation>Es gibt keinen Konferenzraum für Sie. Ihr Administrator kann einen einrichten.</translation>
    </message>
    <message>
        <source>{title}, until {time}</source>
        <translation>{title}, bis {time}</translation>
    </message>
    <message>
        <source>Nobody is there.</source>
        <translation>Niemand ist da.</translation>
    </message>
    <message>
        <source>Dialling in …</source>
        <translation>Einwahl läuft …</translation>
    </message>
    <message>
        <source>Since {time}</source>
        <translation>Seit {time}</translation>
    </message>
    <message>
        <source>since {time}</source>
        <translation>seit {time}</translation>
    </message>
    <message>
        <source>locked: nobody else can dial in</source>
        <translation>gesperrt: niemand mehr kann sich einwählen</translation>
    </message>
    <message>
        <source>Dial-in: {how}</source>
        <translation>Einwahl: {how}</translation>
    </message>
</context>
<context>
    <name>ConferenceInvitees</name>
    <message>
        <source>Invited</source>
        <translation>Eingeladen</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>E-Mail</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>{name} (you)</source>
        <translation>{name} (Sie)</translation>
    </message>
    <message>
        <source>you invite</source>
        <translation>Sie laden ein</translation>
    </message>
</context>
<context>
    <name>ConferenceInviting</name>
    <message>
        <source>Call people in: names or numbers, several with commas between them (Ctrl+I)</source>
        <translation>Leute dazurufen: Namen oder Nummern, mehrere mit Komma dazwischen (Ctrl+I)</translation>
    </message>
    <message>
        <source>Call them in (Enter)</source>
        <translation>Dazurufen (Enter)</translation>
    </message>
    <message>
        <source>Enter calls {name}, {number}</source>
        <translation>Enter ruft {name} an, {number}</translation>
    </message>
    <message>
        <source>Enter calls {number}</source>
        <translation>Enter ruft {number} an</translation>
    </message>
    <message numerus="yes">
        <source>Enter calls %n people: {names}</source>
        <translation>
            <numerusform>Enter ruft %n Person an: {names}</numerusform>
            <numerusform>Enter ruft %n Personen an: {names}</numerusform>
        </translation>
    </message>
    <message>
        <source>Neither a number nor a name that is known: {text}</source>
        <translation>Weder eine Nummer noch ein bekannter Name: {text}</translation>
    </message>
    <message>
        <source>There already, or being called: {names}</source>
        <translation>Schon da oder wird gerade angerufen: {names}</translation>
    </message>
</context>
<context>
    <name>ConferencePin</name>
    <message>
        <source>PIN of your room</source>
        <translation>PIN Ihres Raums</translation>
    </message>
    <message>
        <source>&amp;PIN</source>
        <translation>&amp;PIN</translation>
    </message>
    <message>
        <source>PIN</source>
        <translation>PIN</translation>
    </message>
    <message>
        <source>&amp;Remove the PIN</source>
        <translation>PIN &amp;entfernen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>&amp;Speichern</translation>
    </message>
</context>
<context>
    <name>ConferencePinDialog</name>
    <message>
        <source>A PIN has {least} to {most} digits, and nothing else.</source>
        <translation>Eine PIN besteht aus {least} bis {most} Ziffern und sonst nichts.</translation>
    </message>
    <message>
        <source>Whoever dials into your room keys it in. Without one, colleagues need the room&apos;s number only, and from outside nobody gets in but by invitation.</source>
        <translation>Wer sich in Ihren Raum einwählt, tippt sie ein. Ohne PIN genügt Kollegen die Nummer des Raums, und von aussen kommt nur herein, wer eingeladen ist.</translation>
    </message>
    <message>
        <source>{least} to {most} digits</source>
        <translation>{least} bis {most} Ziffern</translation>
    </message>
</context>
<context>
    <name>ConferencePlan</name>
    <message>
        <source>&amp;Title</source>
        <translation>&amp;Titel</translation>
    </message>
    <message>
        <source>&amp;Place</source>
        <translation>&amp;Ort</translation>
    </message>
    <message>
        <source>R&amp;oom</source>
        <translation>&amp;Raum</translation>
    </message>
    <message>
        <source>Sta&amp;rt</source>
        <translation>&amp;Beginn</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Datum</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>Zeitzone</translation>
    </message>
    <message>
        <source>&amp;Duration</source>
        <translation>&amp;Dauer</translation>
    </message>
    <message>
        <source>Dial-in possible &amp;before</source>
        <translation>Einwahl möglich &amp;vorher</translation>
    </message>
    <message>
        <source>Repe&amp;at</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Rep&amp;ly to</source>
        <translation>Antworten an &amp;Mail</translation>
    </message>
    <message>
        <source>Lan&amp;guage of the mail</source>
        <translation>S&amp;prache der E-Mail</translation>
    </message>
    <message>
        <source>&amp;Invited by e-mail</source>
        <translation>&amp;Einzuladende Teilnehmer</translation>
    </message>
    <message>
        <source>Name or e-mail …</source>
        <translation>Name oder E-Mail …</translation>
    </message>
    <message>
        <source>Add somebody from the phone book</source>
        <translation>Jemanden aus dem Telefonbuch hinzufügen</translation>
    </message>
    <message>
        <source>One address a line, your own first. Each gets a PIN of their own.</source>
        <translation>Eine Adresse je Zeile, die eigene zuerst. Jede erhält eine eigene PIN.</translation>
    </message>
    <message>
        <source>De&amp;scription</source>
        <translation>Be&amp;schreibung</translation>
    </message>
    <message>
        <source>&lt;number&gt; becomes the number to dial, &lt;pin&gt; the PIN.</source>
        <translation>&lt;number&gt; wird zur Einwahlnummer, &lt;pin&gt; zur PIN.</translation>
    </message>
    <message>
        <source>This is what arrives at the first address. The digits of the PIN are examples.</source>
        <translation>So kommt es bei der ersten Adresse an. Die Ziffern der PIN sind ein Beispiel.</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Text of the mail</source>
        <translation>Text der E-Mail</translation>
    </message>
    <message>
        <source>Formatted</source>
        <translation>Formatiert</translation>
    </message>
    <message>
        <source>Formatted mail</source>
        <translation>Formatierte E-Mail</translation>
    </message>
    <message>
        <source>Calendar</source>
        <translation>Kalender</translation>
    </message>
    <message>
        <source>Calendar entry</source>
        <translation>Kalendereintrag</translation>
    </message>
    <message>
        <source>Pre&amp;view</source>
        <translation>Vorscha&amp;u</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Se&amp;nd invitation</source>
        <translation>Einladung verse&amp;nden</translation>
    </message>
</context>
<context>
    <name>ConferencePlanDialog</name>
    <message>
        <source>Nothing was sent yet. Press once more to give up what you typed.</source>
        <translation>Es wurde noch nichts gesendet. Drücken Sie noch einmal, um das Geschriebene aufzugeben.</translation>
    </message>
    <message>
        <source>Change the conference</source>
        <translation>Konferenz ändern</translation>
    </message>
    <message>
        <source>Plan a conference</source>
        <translation>Konferenz planen</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} min</translation>
    </message>
    <message>
        <source>{times} times</source>
        <translation>{times}-mal</translation>
    </message>
    <message>
        <source>How many times</source>
        <translation>Wie oft</translation>
    </message>
    <message>
        <source>Telephone conference</source>
        <translation>Telefonkonferenz</translation>
    </message>
    <message>
        <source>You are invited to a telephone conference.

Please dial &lt;number&gt; and enter the PIN &lt;pin&gt;, followed by the hash key.
</source>
        <translation>Sie sind zu einer Telefonkonferenz eingeladen.

Bitte wählen Sie &lt;number&gt; und geben Sie die PIN &lt;pin&gt; ein, gefolgt von der Rautetaste.
</translation>
    </message>
    <message>
        <source>This PC does not know this time zone. Choose one of the list.</source>
        <translation>Dieser PC kennt diese Zeitzone nicht. Wählen Sie eine aus der Liste.</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weitere</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Send it all the same?</source>
        <translation>Trotzdem senden?</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>&amp;Zurück</translation>
    </message>
    <message>
        <source>Pre&amp;view</source>
        <translation>Vorscha&amp;u</translation>
    </message>
    <message>
        <source>Give up</source>
        <translation>Aufgeben</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Send the c&amp;hange</source>
        <translation>Änderung se&amp;nden</translation>
    </message>
    <message>
        <source>Se&amp;nd invitation</source>
        <translation>Einladung verse&amp;nden</translation>
    </message>
    <message>
        <source>Asking the server …</source>
        <translation>Der Server wird gefragt …</translation>
    </message>
    <message>
        <source>There is no connection to the server. What you type stays here.</source>
        <translation>Es besteht keine Verbindung zum Server. Was Sie schreiben, bleibt hier.</translation>
    </message>
    <message>
        <source>The server cannot send e-mail. Ask your administrator to set it up.</source>
        <translation>Der Server kann keine E-Mails senden. Bitten Sie Ihren Administrator, das einzurichten.</translation>
    </message>
    <message>
        <source>This conference was cancelled meanwhile.</source>
        <translation>Diese Konferenz wurde inzwischen abgesagt.</translation>
    </message>
    <message>
        <source>This conference was changed meanwhile, for instance on another PC.</source>
        <translation>Diese Konferenz wurde inzwischen geändert, zum Beispiel an einem anderen PC.</translation>
    </message>
</context>
<context>
    <name>ConferencePlans</name>
    <message>
        <source>Write a title.</source>
        <translation>Schreiben Sie einen Titel.</translation>
    </message>
    <message>
        <source>An address is too long: {detail}</source>
        <translation>Eine Adresse ist zu lang: {detail}</translation>
    </message>
    <message>
        <source>Title, place or an address has a character that cannot be sent.</source>
        <translation>Titel, Ort oder eine Adresse enthält ein Zeichen, das nicht gesendet werden kann.</translation>
    </message>
    <message>
        <source>{detail} is no variable. There are &lt;number&gt; and &lt;pin&gt;.</source>
        <translation>{detail} ist keine Variable. Es gibt &lt;number&gt; und &lt;pin&gt;.</translation>
    </message>
    <message>
        <source>The description does not say which number to dial (&lt;number&gt;).</source>
        <translation>Die Beschreibung sagt nicht, welche Nummer zu wählen ist (&lt;number&gt;).</translation>
    </message>
    <message>
        <source>The description has no PIN (&lt;pin&gt;).</source>
        <translation>In der Beschreibung fehlt die PIN (&lt;pin&gt;).</translation>
    </message>
    <message>
        <source>Write whom to invite.</source>
        <translation>Schreiben Sie, wer eingeladen wird.</translation>
    </message>
    <message>
        <source>“{detail}” is no e-mail address.</source>
        <translation>«{detail}» ist keine E-Mail-Adresse.</translation>
    </message>
    <message>
        <source>Those are too many addresses for one conference.</source>
        <translation>Das sind zu viele Adressen für eine Konferenz.</translation>
    </message>
    <message>
        <source>This time has passed.</source>
        <translation>Diese Zeit ist vorbei.</translation>
    </message>
    <message>
        <source>The duration is not possible.</source>
        <translation>Diese Dauer ist nicht möglich.</translation>
    </message>
    <message>
        <source>The server does not know this time zone.</source>
        <translation>Der Server kennt diese Zeitzone nicht.</translation>
    </message>
    <message>
        <source>You cannot use this room.</source>
        <translation>Sie können diesen Raum nicht benützen.</translation>
    </message>
    <message>
        <source>Another conference is planned in this room at this time.</source>
        <translation>In diesem Raum ist zu dieser Zeit eine andere Konferenz geplant.</translation>
    </message>
    <message>
        <source>The server cannot send e-mail. Ask your administrator to set it up.</source>
        <translation>Der Server kann keine E-Mails senden. Bitten Sie Ihren Administrator, das einzurichten.</translation>
    </message>
    <message>
        <source>The title is too long.</source>
        <translation>Der Titel ist zu lang.</translation>
    </message>
    <message>
        <source>The place is too long.</source>
        <translation>Der Ort ist zu lang.</translation>
    </message>
    <message>
        <source>The description is too long.</source>
        <translation>Die Beschreibung ist zu lang.</translation>
    </message>
    <message>
        <source>You have planned “{detail}” in this room at this time already.</source>
        <translation>In diesem Raum haben Sie zu dieser Zeit bereits «{detail}» geplant.</translation>
    </message>
    <message>
        <source>Once</source>
        <translation>Einmal</translation>
    </message>
    <message>
        <source>Every day</source>
        <translation>Jeden Tag</translation>
    </message>
    <message>
        <source>Monday to Friday</source>
        <translation>Montag bis Freitag</translation>
    </message>
    <message>
        <source>Every week</source>
        <translation>Jede Woche</translation>
    </message>
    <message>
        <source>Every two weeks</source>
        <translation>Alle zwei Wochen</translation>
    </message>
    <message>
        <source>Every month</source>
        <translation>Jeden Monat</translation>
    </message>
    <message>
        <source>on its way</source>
        <translation>unterwegs</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>gesendet</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>perhaps arrived</source>
        <translation>vielleicht angekommen</translation>
    </message>
    <message>
        <source>no answer yet</source>
        <translation>noch keine Antwort</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>zugesagt</translation>
    </message>
    <message>
        <source>perhaps</source>
        <translation>vielleicht</translation>
    </message>
    <message>
        <source>declined</source>
        <translation>abgesagt</translation>
    </message>
    <message>
        <source>There is no room in which you may plan a conference. Your administrator can make one.</source>
        <translation>Es gibt keinen Raum, in dem Sie eine Konferenz planen dürfen. Ihr Administrator kann einen einrichten.</translation>
    </message>
    <message>
        <source>otherwise {answer}</source>
        <translation>sonst {answer}</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgesagt</translation>
    </message>
    <message>
        <source>over</source>
        <translation>vorbei</translation>
    </message>
    <message>
        <source>goes on</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>{times} times</source>
        <translation>{times}-mal</translation>
    </message>
    <message>
        <source>{count} invited</source>
        <translation>{count} eingeladen</translation>
    </message>
    <message>
        <source>{answer} for {day}</source>
        <translation>{answer} für {day}</translation>
    </message>
    <message>
        <source>Planned conferences</source>
        <translation>Geplante Konferenzen</translation>
    </message>
    <message>
        <source>Calendar feed</source>
        <translation>Kalenderabonnement</translation>
    </message>
    <message>
        <source>&amp;Plan a conference …</source>
        <translation>Konferenz &amp;planen …</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Cancel and tell everybody</source>
        <translation>Absagen und allen mitteilen</translation>
    </message>
    <message>
        <source>Invited by e-mail</source>
        <translation>Eingeladen per E-Mail</translation>
    </message>
    <message>
        <source>Copy &amp;link</source>
        <translation>&amp;Link kopieren</translation>
    </message>
    <message>
        <source>Send &amp;again</source>
        <translation>Noch&amp;mals senden</translation>
    </message>
    <message>
        <source>&amp;15 minutes more</source>
        <translation>&amp;15 Minuten länger</translation>
    </message>
    <message>
        <source>Cancel the conference …</source>
        <translation>Konferenz absagen …</translation>
    </message>
    <message>
        <source>C&amp;hange …</source>
        <translation>Ä&amp;ndern …</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
</context>
<context>
    <name>ConferencePlansDialog</name>
    <message>
        <source>Copy a new secret address</source>
        <translation>Neue geheime Adresse kopieren</translation>
    </message>
    <message>
        <source>No feed any more</source>
        <translation>Kein Abonnement mehr</translation>
    </message>
    <message>
        <source>Conferences that you plan will be here, with what everybody answered.</source>
        <translation>Hier stehen die Konferenzen, die Sie planen, mit den Antworten der Eingeladenen.</translation>
    </message>
    <message>
        <source>Room {room}, to be dialled: {number}</source>
        <translation>Raum {room}, zu wählen: {number}</translation>
    </message>
    <message>
        <source>Choose somebody whose mail failed to read why.</source>
        <translation>Wählen Sie jemanden, dessen E-Mail gescheitert ist, um den Grund zu lesen.</translation>
    </message>
    <message>
        <source>The invitations are on their way.</source>
        <translation>Die Einladungen sind unterwegs.</translation>
    </message>
    <message>
        <source>{name}’s dial-in is copied.</source>
        <translation>Die Einwahl von {name} ist kopiert.</translation>
    </message>
    <message>
        <source>The invitation is sent once more.</source>
        <translation>Die Einladung wird noch einmal gesendet.</translation>
    </message>
    <message>
        <source>The conference can go on for {minutes} minutes more.</source>
        <translation>Die Konferenz kann {minutes} Minuten länger dauern.</translation>
    </message>
    <message>
        <source>Cancel “{title}”? All {count} invited people get a cancellation.</source>
        <translation>«{title}» absagen? Alle {count} Eingeladenen erhalten eine Absage.</translation>
    </message>
    <message>
        <source>The conference is cancelled.</source>
        <translation>Die Konferenz ist abgesagt.</translation>
    </message>
    <message>
        <source>The secret address is copied; a former one is worth nothing any more. Put it into your calendar program.</source>
        <translation>Die geheime Adresse ist kopiert; eine frühere gilt nicht mehr. Fügen Sie sie in Ihr Kalenderprogramm ein.</translation>
    </message>
    <message>
        <source>There is no calendar feed any more.</source>
        <translation>Es gibt kein Kalenderabonnement mehr.</translation>
    </message>
</context>
<context>
    <name>ConferenceStrip</name>
    <message>
        <source>In the conference {room}</source>
        <translation>In der Konferenz {room}</translation>
    </message>
    <message>
        <source>Show the conference</source>
        <translation>Die Konferenz zeigen</translation>
    </message>
</context>
<context>
    <name>ConferenceWindow</name>
    <message>
        <source>End the conference for everybody? All are hung up, and whoever is being called, too.</source>
        <translation>Die Konferenz für alle beenden? Bei allen wird aufgelegt, auch bei denen, die gerade angerufen werden.</translation>
    </message>
    <message>
        <source>End for all</source>
        <translation>Für alle beenden</translation>
    </message>
    <message>
        <source>In the conference</source>
        <translation>In der Konferenz</translation>
    </message>
    <message>
        <source>Invited</source>
        <translation>Eingeladen</translation>
    </message>
    <message>
        <source>Unmute all</source>
        <translation>Alle hörbar</translation>
    </message>
    <message>
        <source>Mute all</source>
        <translation>Alle stumm</translation>
    </message>
    <message numerus="yes">
        <source>Call who accepted (%n)</source>
        <translation>
            <numerusform>Zugesagte anrufen (%n)</numerusform>
            <numerusform>Zugesagte anrufen (%n)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Call again (%n)</source>
        <translation>
            <numerusform>Nochmals anrufen (%n)</numerusform>
            <numerusform>Nochmals anrufen (%n)</numerusform>
        </translation>
    </message>
    <message>
        <source>The server does not reach the PBX: who is there may be old.</source>
        <translation>Der Server erreicht die Telefonanlage nicht: Wer da ist, kann veraltet sein.</translation>
    </message>
    <message>
        <source>No line to the server: all is as of {time}. The conference goes on.</source>
        <translation>Keine Verbindung zum Server: Alles ist auf dem Stand von {time}. Die Konferenz geht weiter.</translation>
    </message>
    <message>
        <source>Nobody is there yet. Dial in, or call people in: that is all it takes.</source>
        <translation>Noch ist niemand da. Wählen Sie sich ein oder rufen Sie Leute dazu: mehr braucht es nicht.</translation>
    </message>
    <message>
        <source>Nobody is there yet. The conference begins as soon as you dial in.</source>
        <translation>Noch ist niemand da. Die Konferenz beginnt, sobald Sie sich einwählen.</translation>
    </message>
    <message>
        <source>Who is in a conference appears here.</source>
        <translation>Hier erscheint, wer in einer Konferenz ist.</translation>
    </message>
    <message>
        <source>Whom you call in, and whom you invite by e-mail, appears here with the answer.</source>
        <translation>Hier erscheint, wen Sie dazurufen oder per E-Mail einladen, mit der Antwort.</translation>
    </message>
    <message>
        <source>Only whose room it is, administrators and chairs can invite here.</source>
        <translation>Einladen können hier nur, wem der Raum gehört, Administratoren und wer die Leitung hat.</translation>
    </message>
    <message>
        <source>Everybody but the chairs (Ctrl+Shift+M)</source>
        <translation>Alle ausser der Leitung (Ctrl+Shift+M)</translation>
    </message>
    <message>
        <source>Hang up all (Ctrl+Shift+E)</source>
        <translation>Bei allen auflegen (Ctrl+Shift+E)</translation>
    </message>
    <message>
        <source>Plan a conference, and see what is planned (Ctrl+N)</source>
        <translation>Eine Konferenz planen und sehen, was geplant ist (Ctrl+N)</translation>
    </message>
    <message>
        <source>The conference goes on (Esc)</source>
        <translation>Die Konferenz geht weiter (Esc)</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
</context>
<context>
    <name>Connection</name>
    <message>
        <source>Colleagues and presence are live.</source>
        <translation>Kollegen und Präsenz sind aktuell.</translation>
    </message>
    <message>
        <source>The CTI server does not reach the PBX: states of phones may be old.</source>
        <translation>Der CTI-Server erreicht die Telefonanlage nicht: Der Zustand der Telefone kann veraltet sein.</translation>
    </message>
    <message>
        <source>The desk phone {name} is steered from here.</source>
        <translation>Das Tischtelefon {name} wird von hier gesteuert.</translation>
    </message>
</context>
<context>
    <name>ContactEditor</name>
    <message>
        <source>New entry</source>
        <translation>Neuer Eintrag</translation>
    </message>
    <message>
        <source>Everybody</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Only me</source>
        <translation>Nur mich</translation>
    </message>
    <message>
        <source>Write a name, a company, a number or an e-mail address.</source>
        <translation>Schreiben Sie einen Namen, eine Firma, eine Nummer oder eine E-Mail-Adresse.</translation>
    </message>
    <message>
        <source>The note is too long: it has {length} characters, {most} have room.</source>
        <translation>Die Notiz ist zu lang: Sie hat {length} Zeichen, {most} haben Platz.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Saving …</source>
        <translation>Wird gespeichert …</translation>
    </message>
    <message>
        <source>Somebody has deleted this entry meanwhile. Saving adds it anew.</source>
        <translation>Jemand hat diesen Eintrag inzwischen gelöscht. Speichern legt ihn neu an.</translation>
    </message>
    <message>
        <source>{person} has changed this entry meanwhile. Saving writes over that.</source>
        <translation>{person} hat diesen Eintrag inzwischen geändert. Speichern überschreibt das.</translation>
    </message>
    <message>
        <source>Changed by {person}, {time}</source>
        <translation>Geändert von {person}, {time}</translation>
    </message>
    <message>
        <source>the server</source>
        <translation>Server</translation>
    </message>
    <message>
        <source>&amp;First name</source>
        <translation>&amp;Vorname</translation>
    </message>
    <message>
        <source>&amp;Surname</source>
        <translation>&amp;Nachname</translation>
    </message>
    <message>
        <source>&amp;Company</source>
        <translation>&amp;Firma</translation>
    </message>
    <message>
        <source>&amp;Office</source>
        <translation>&amp;Geschäft</translation>
    </message>
    <message>
        <source>&amp;Mobile</source>
        <translation>&amp;Mobil</translation>
    </message>
    <message>
        <source>&amp;Private</source>
        <translation>&amp;Privat</translation>
    </message>
    <message>
        <source>&amp;E-mail</source>
        <translation>&amp;E-Mail</translation>
    </message>
    <message>
        <source>&amp;Note</source>
        <translation>N&amp;otiz</translation>
    </message>
    <message>
        <source>&amp;Visible to</source>
        <translation>Sichtbar fü&amp;r</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
</context>
<context>
    <name>ContactExport</name>
    <message>
        <source>Export entries</source>
        <translation>Einträge exportieren</translation>
    </message>
    <message>
        <source>&amp;Which entries</source>
        <translation>&amp;Welche Einträge</translation>
    </message>
    <message>
        <source>Which entries</source>
        <translation>Welche Einträge</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>&amp;Format</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Save …</source>
        <translation>Speichern …</translation>
    </message>
</context>
<context>
    <name>ContactImport</name>
    <message>
        <source>Import entries</source>
        <translation>Einträge importieren</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>No file is chosen yet</source>
        <translation>Noch keine Datei gewählt</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>&amp;Import into</source>
        <translation>Importieren &amp;in</translation>
    </message>
    <message>
        <source>Import into</source>
        <translation>Importieren in</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>&amp;How</source>
        <translation>W&amp;ie</translation>
    </message>
    <message>
        <source>How to import</source>
        <translation>Wie importiert wird</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Gelöscht</translation>
    </message>
    <message>
        <source>The same as now</source>
        <translation>Gleich wie jetzt</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <source>Refused lines</source>
        <translation>Abgelehnte Zeilen</translation>
    </message>
</context>
<context>
    <name>ContactImports</name>
    <message>
        <source>Past imports</source>
        <translation>Frühere Importe</translation>
    </message>
    <message>
        <source>Each import of the last 30 days can be undone as one. What somebody has changed since stays.</source>
        <translation>Jeder Import der letzten 30 Tage lässt sich als Ganzes rückgängig machen. Was jemand seither geändert hat, bleibt.</translation>
    </message>
    <message>
        <source>Past imports, latest first</source>
        <translation>Frühere Importe, die neusten zuerst</translation>
    </message>
    <message>
        <source>Undo this import</source>
        <translation>Diesen Import rückgängig machen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
</context>
<context>
    <name>ContactMenu</name>
    <message>
        <source>Copy {number}</source>
        <translation>{number} kopieren</translation>
    </message>
    <message>
        <source>E-mail to {address}</source>
        <translation>E-Mail an {address}</translation>
    </message>
    <message>
        <source>Show …</source>
        <translation>Anzeigen …</translation>
    </message>
    <message>
        <source>Edit …</source>
        <translation>Bearbeiten …</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>Remove from my favourites</source>
        <translation>Aus meinen Favoriten entfernen</translation>
    </message>
    <message>
        <source>Add to my favourites</source>
        <translation>Zu meinen Favoriten hinzufügen</translation>
    </message>
    <message>
        <source>Ctrl+S</source>
        <translation>Ctrl+S</translation>
    </message>
    <message>
        <source>Call {number} ({kind})</source>
        <translation>{number} anrufen ({kind})</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
</context>
<context>
    <name>ContactTools</name>
    <message>
        <source>Show all of it (F2)</source>
        <translation>Alles zeigen (F2)</translation>
    </message>
    <message>
        <source>Edit (F2)</source>
        <translation>Bearbeiten (F2)</translation>
    </message>
    <message>
        <source>Delete (Del)</source>
        <translation>Löschen (Del)</translation>
    </message>
    <message>
        <source>Call (Enter)</source>
        <translation>Anrufen (Enter)</translation>
    </message>
    <message>
        <source>Copy the number (Ctrl+C)</source>
        <translation>Nummer kopieren (Ctrl+C)</translation>
    </message>
    <message>
        <source>Write an e-mail</source>
        <translation>E-Mail schreiben</translation>
    </message>
    <message>
        <source>Remove from my favourites (Ctrl+S)</source>
        <translation>Aus meinen Favoriten entfernen (Ctrl+S)</translation>
    </message>
    <message>
        <source>Add to my favourites (Ctrl+S)</source>
        <translation>Zu meinen Favoriten hinzufügen (Ctrl+S)</translation>
    </message>
</context>
<context>
    <name>DateRange</name>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>First day</source>
        <translation>Erster Tag</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>Letzter Tag</translation>
    </message>
</context>
<context>
    <name>DeviceCard</name>
    <message>
        <source>Move the call here</source>
        <translation>Anruf hierhin verschieben</translation>
    </message>
    <message>
        <source>Move the call to {device}</source>
        <translation>Anruf auf {device} verschieben</translation>
    </message>
    <message>
        <source>It rings there …</source>
        <translation>Es läutet dort …</translation>
    </message>
    <message>
        <source>Unknown device</source>
        <translation>Unbekanntes Gerät</translation>
    </message>
    <message>
        <source>this PC</source>
        <translation>dieser PC</translation>
    </message>
    <message>
        <source>steered</source>
        <translation>gesteuert</translation>
    </message>
    <message>
        <source>Encrypted</source>
        <translation>Verschlüsselt</translation>
    </message>
    <message>
        <source>Not encrypted</source>
        <translation>Nicht verschlüsselt</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>antwortet nicht</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>noch nicht gemessen</translation>
    </message>
    <message>
        <source>answers in {ms} ms</source>
        <translation>antwortet in {ms} ms</translation>
    </message>
    <message>
        <source>registered until {time}</source>
        <translation>registriert bis {time}</translation>
    </message>
</context>
<context>
    <name>DevicesPanel</name>
    <message>
        <source>My devices</source>
        <translation>Meine Geräte</translation>
    </message>
    <message>
        <source>{count} of {most} registered</source>
        <translation>{count} von {most} registriert</translation>
    </message>
    <message>
        <source>The other device did not take the call; it goes on here.</source>
        <translation>Das andere Gerät hat den Anruf nicht genommen; er läuft hier weiter.</translation>
    </message>
    <message>
        <source>No device of yours is registered, so nothing rings. Switch a phone on.</source>
        <translation>Keines Ihrer Geräte ist registriert, darum läutet nichts. Schalten Sie ein Telefon ein.</translation>
    </message>
    <message>
        <source>Your phones and PCs appear here as soon as you are signed in.</source>
        <translation>Hier erscheinen Ihre Telefone und PCs, sobald Sie angemeldet sind.</translation>
    </message>
</context>
<context>
    <name>DialField</name>
    <message>
        <source>Dialled as soon as this PC is registered …</source>
        <translation>Wird gewählt, sobald dieser PC registriert ist …</translation>
    </message>
    <message>
        <source>Dialled as soon as the desk phone can be steered …</source>
        <translation>Wird gewählt, sobald das Tischtelefon gesteuert werden kann …</translation>
    </message>
    <message>
        <source>Dial a name, a number or a link (Ctrl+L)</source>
        <translation>Einen Namen, eine Nummer oder einen Link wählen (Ctrl+L)</translation>
    </message>
    <message>
        <source>Neither a number nor a name that is known.</source>
        <translation>Weder eine Nummer noch ein bekannter Name.</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Emergency call: Enter calls {number}</source>
        <translation>Notruf: Enter wählt {number}</translation>
    </message>
    <message>
        <source>Enter calls {number}</source>
        <translation>Enter wählt {number}</translation>
    </message>
    <message>
        <source>Nobody of this name, and no number.</source>
        <translation>Niemand heisst so, und eine Nummer ist es auch nicht.</translation>
    </message>
    <message>
        <source>Enter calls {number} and shows {shown}</source>
        <translation>Enter ruft {number} an und zeigt {shown}</translation>
    </message>
    <message>
        <source>Enter calls {number} and shows no number</source>
        <translation>Enter ruft {number} an und zeigt keine Nummer</translation>
    </message>
    <message>
        <source>Enter calls {name}, {number}</source>
        <translation>Enter ruft {name} an, {number}</translation>
    </message>
</context>
<context>
    <name>Doubles</name>
    <message>
        <source>Doubles</source>
        <translation>Doppelte</translation>
    </message>
    <message>
        <source>Entries with the same number, or with the same name and company. Untick those that stay as they are.</source>
        <translation>Einträge mit derselben Nummer oder mit demselben Namen und derselben Firma. Entfernen Sie das Häkchen bei denen, die bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>Groups of doubles</source>
        <translation>Gruppen von Doppelten</translation>
    </message>
    <message>
        <source>Entries that are merged</source>
        <translation>Einträge, die zusammengeführt werden</translation>
    </message>
    <message>
        <source>This is what they become:</source>
        <translation>Das wird aus ihnen:</translation>
    </message>
    <message>
        <source>&amp;First name</source>
        <translation>&amp;Vorname</translation>
    </message>
    <message>
        <source>&amp;Surname</source>
        <translation>&amp;Nachname</translation>
    </message>
    <message>
        <source>&amp;Company</source>
        <translation>&amp;Firma</translation>
    </message>
    <message>
        <source>&amp;Office</source>
        <translation>&amp;Geschäft</translation>
    </message>
    <message>
        <source>&amp;Mobile</source>
        <translation>&amp;Mobil</translation>
    </message>
    <message>
        <source>&amp;Private</source>
        <translation>&amp;Privat</translation>
    </message>
    <message>
        <source>&amp;E-mail</source>
        <translation>&amp;E-Mail</translation>
    </message>
    <message>
        <source>&amp;Note</source>
        <translation>N&amp;otiz</translation>
    </message>
    <message>
        <source>Undo the last merging</source>
        <translation>Letztes Zusammenführen rückgängig machen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
    <message>
        <source>Leave them</source>
        <translation>So lassen</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>Zusammenführen</translation>
    </message>
</context>
<context>
    <name>DoublesDialog</name>
    <message>
        <source>{count} entries are one now: “{name}”.</source>
        <translation>Aus {count} Einträgen ist einer geworden: «{name}».</translation>
    </message>
    <message>
        <source>“{name}” is as before.</source>
        <translation>«{name}» ist wie zuvor.</translation>
    </message>
    <message>
        <source>Somebody has changed one of these entries meanwhile, so nothing was done.</source>
        <translation>Jemand hat inzwischen einen dieser Einträge geändert; darum ist nichts geschehen.</translation>
    </message>
    <message>
        <source>Somebody has deleted or merged these entries meanwhile.</source>
        <translation>Jemand hat diese Einträge inzwischen gelöscht oder zusammengeführt.</translation>
    </message>
    <message>
        <source>Somebody has changed these entries meanwhile; this is how they are now.</source>
        <translation>Jemand hat diese Einträge inzwischen geändert; so sind sie jetzt.</translation>
    </message>
    <message>
        <source>Looking for doubles …</source>
        <translation>Doppelte werden gesucht …</translation>
    </message>
    <message>
        <source>There are no doubles.</source>
        <translation>Es gibt keine Doppelten.</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export entries</source>
        <translation>Einträge exportieren</translation>
    </message>
    <message>
        <source>phone book</source>
        <translation>Telefonbuch</translation>
    </message>
    <message>
        <source>The file cannot be written: {reason}.</source>
        <translation>Die Datei lässt sich nicht schreiben: {reason}.</translation>
    </message>
    <message>
        <source>Entries written to {file}: {count}</source>
        <translation>In {file} geschriebene Einträge: {count}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
    <message>
        <source>As the PBX reads it: names, company and numbers, without e-mail addresses and notes.</source>
        <translation>Wie die Telefonanlage es liest: Namen, Firma und Nummern, ohne E-Mail-Adressen und Notizen.</translation>
    </message>
    <message>
        <source>Everything that stands in the entries, for other address books.</source>
        <translation>Alles, was in den Einträgen steht, für andere Adressbücher.</translation>
    </message>
    <message>
        <source>All entries</source>
        <translation>Alle Einträge</translation>
    </message>
    <message>
        <source>Everybody&apos;s entries</source>
        <translation>Einträge für alle</translation>
    </message>
    <message>
        <source>My own entries</source>
        <translation>Meine Einträge</translation>
    </message>
    <message>
        <source>My favourites</source>
        <translation>Meine Favoriten</translation>
    </message>
    <message>
        <source>What the search shows: “{text}”</source>
        <translation>Was die Suche zeigt: «{text}»</translation>
    </message>
    <message>
        <source>CSV of the PBX</source>
        <translation>CSV der Telefonanlage</translation>
    </message>
    <message>
        <source>vCard 4.0</source>
        <translation>vCard 4.0</translation>
    </message>
    <message>
        <source>vCard 3.0, for older programs</source>
        <translation>vCard 3.0, für ältere Programme</translation>
    </message>
</context>
<context>
    <name>FieldButtons</name>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
</context>
<context>
    <name>Forwarding</name>
    <message>
        <source>Forward calls</source>
        <translation>Anrufe umleiten</translation>
    </message>
    <message>
        <source>The PBX forwards for all your devices, also while this program does not run. Calls to your groups stay with the group.</source>
        <translation>Die Telefonanlage leitet für alle Ihre Geräte um, auch wenn dieses Programm nicht läuft. Anrufe an Ihre Gruppen bleiben bei der Gruppe.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
</context>
<context>
    <name>ForwardingDialog</name>
    <message>
        <source>Saving …</source>
        <translation>Wird gespeichert …</translation>
    </message>
    <message>
        <source>No line to the server: nothing can be changed at the moment.</source>
        <translation>Keine Verbindung zum Server: Im Moment lässt sich nichts ändern.</translation>
    </message>
    <message>
        <source>Do not disturb is on: nothing is forwarded, except to an outside number that colleagues share.</source>
        <translation>«Nicht stören» ist ein: Umgeleitet wird nur noch auf eine externe Nummer, die Kollegen mitbenutzen.</translation>
    </message>
    <message>
        <source>While calls are always forwarded, the rest has no effect.</source>
        <translation>Solange immer umgeleitet wird, wirkt der Rest nicht.</translation>
    </message>
</context>
<context>
    <name>ForwardingRow</name>
    <message>
        <source>Always</source>
        <translation>Immer</translation>
    </message>
    <message>
        <source>When you are busy</source>
        <translation>Wenn Sie besetzt sind</translation>
    </message>
    <message>
        <source>When you do not answer</source>
        <translation>Wenn Sie nicht abnehmen</translation>
    </message>
    <message>
        <source>When no device of yours is registered</source>
        <translation>Wenn keines Ihrer Geräte registriert ist</translation>
    </message>
    <message>
        <source>Name or number …</source>
        <translation>Name oder Nummer …</translation>
    </message>
    <message>
        <source>{cause}: forward to</source>
        <translation>{cause}: umleiten auf</translation>
    </message>
    <message>
        <source>To my voicemail</source>
        <translation>Auf meine Voicemail</translation>
    </message>
    <message>
        <source>Seconds of ringing before</source>
        <translation>Sekunden, die es vorher läutet</translation>
    </message>
    <message>
        <source>after {seconds} s</source>
        <translation>nach {seconds} s</translation>
    </message>
    <message>
        <source>Say where your calls go: a name, a number, or the voicemail.</source>
        <translation>Geben Sie an, wohin Ihre Anrufe gehen: ein Name, eine Nummer oder die Voicemail.</translation>
    </message>
    <message>
        <source>Neither a number nor a name that is known.</source>
        <translation>Weder eine Nummer noch ein bekannter Name.</translation>
    </message>
    <message>
        <source>Calls can be forwarded to numbers only.</source>
        <translation>Anrufe lassen sich nur auf Nummern umleiten.</translation>
    </message>
    <message>
        <source>Calls cannot be forwarded to an emergency number.</source>
        <translation>Auf eine Notrufnummer lassen sich Anrufe nicht umleiten.</translation>
    </message>
    <message>
        <source>This is your own number.</source>
        <translation>Das ist Ihre eigene Nummer.</translation>
    </message>
    <message>
        <source>Calls go to {target}</source>
        <translation>Anrufe gehen an {target}</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source>Signed in as {name} at {server}.</source>
        <translation>Angemeldet als {name} bei {server}.</translation>
    </message>
    <message>
        <source>Not signed in.</source>
        <translation>Nicht angemeldet.</translation>
    </message>
    <message>
        <source>You get an e-mail for each call that nobody took.</source>
        <translation>Sie erhalten für jeden Anruf, den niemand angenommen hat, eine E-Mail.</translation>
    </message>
    <message>
        <source>No line to the server: this cannot be changed at the moment.</source>
        <translation>Keine Verbindung zum Server: Das lässt sich im Moment nicht ändern.</translation>
    </message>
    <message>
        <source>The server cannot send you any: it has no mail server, or no address of yours.</source>
        <translation>Der Server kann Ihnen keine senden: Er hat keinen Mailserver oder keine Adresse von Ihnen.</translation>
    </message>
    <message>
        <source>Known as soon as there is a line to the server.</source>
        <translation>Bekannt, sobald eine Verbindung zum Server besteht.</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Not signed in</source>
        <translation>Nicht angemeldet</translation>
    </message>
    <message>
        <source>signing in …</source>
        <translation>Anmeldung läuft …</translation>
    </message>
    <message>
        <source>no phone</source>
        <translation>kein Telefon</translation>
    </message>
    <message>
        <source>connecting …</source>
        <translation>verbindet …</translation>
    </message>
    <message>
        <source>does not ring</source>
        <translation>läutet nicht</translation>
    </message>
    <message>
        <source>Forward calls …</source>
        <translation>Anrufe umleiten …</translation>
    </message>
    <message>
        <source>My presence history</source>
        <translation>Verlauf meiner Präsenz</translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>My own and my groups’ calls</source>
        <translation>Meine Anrufe und die meiner Gruppen</translation>
    </message>
    <message>
        <source>Only my own calls</source>
        <translation>Nur meine eigenen Anrufe</translation>
    </message>
    <message>
        <source>Only my groups’ calls</source>
        <translation>Nur Anrufe meiner Gruppen</translation>
    </message>
    <message>
        <source>Call to {name}, {time}</source>
        <translation>Anruf bei {name}, {time}</translation>
    </message>
    <message>
        <source>Call from {name}, {time}</source>
        <translation>Anruf von {name}, {time}</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Anruf</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>verpasst</translation>
    </message>
    <message>
        <source>taken by others</source>
        <translation>von anderen angenommen</translation>
    </message>
    <message>
        <source>voicemail</source>
        <translation>Voicemail</translation>
    </message>
    <message>
        <source>forwarded</source>
        <translation>umgeleitet</translation>
    </message>
    <message>
        <source>declined</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>given up</source>
        <translation>aufgegeben</translation>
    </message>
    <message>
        <source>busy</source>
        <translation>besetzt</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>nicht erreicht</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>misslungen</translation>
    </message>
    <message>
        <source>internal</source>
        <translation>intern</translation>
    </message>
    <message>
        <source>from outside</source>
        <translation>von aussen</translation>
    </message>
    <message>
        <source>group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>Jederzeit</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>This week</source>
        <translation>Diese Woche</translation>
    </message>
    <message>
        <source>This month</source>
        <translation>Dieser Monat</translation>
    </message>
    <message>
        <source>From … to …</source>
        <translation>Von … bis …</translation>
    </message>
    <message>
        <source>Number withheld</source>
        <translation>Nummer unterdrückt</translation>
    </message>
    <message>
        <source>outgoing</source>
        <translation>ausgehend</translation>
    </message>
    <message>
        <source>taken by {name}</source>
        <translation>bei {name}</translation>
    </message>
    <message>
        <source>yesterday</source>
        <translation>gestern</translation>
    </message>
    <message>
        <source>d MMM</source>
        <translation>d. MMM</translation>
    </message>
    <message>
        <source>1 missed call</source>
        <translation>1 verpasster Anruf</translation>
    </message>
    <message>
        <source>{count} missed calls</source>
        <translation>{count} verpasste Anrufe</translation>
    </message>
    <message>
        <source>1 call</source>
        <translation>1 Anruf</translation>
    </message>
    <message>
        <source>{count} calls</source>
        <translation>{count} Anrufe</translation>
    </message>
    <message>
        <source>to be called back</source>
        <translation>zurückzurufen</translation>
    </message>
    <message>
        <source>done</source>
        <translation>erledigt</translation>
    </message>
    <message>
        <source>done by {name}, {time}</source>
        <translation>erledigt von {name}, {time}</translation>
    </message>
    <message>
        <source>with a note</source>
        <translation>mit Notiz</translation>
    </message>
    <message>
        <source>recorded</source>
        <translation>aufgenommen</translation>
    </message>
    <message>
        <source>Search the history …</source>
        <translation>Anrufliste durchsuchen …</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>Anrufliste durchsuchen</translation>
    </message>
    <message>
        <source>More filters and export</source>
        <translation>Weitere Filter und Export</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Missed</source>
        <translation>Verpasst</translation>
    </message>
    <message>
        <source>In</source>
        <translation>Eingang</translation>
    </message>
    <message>
        <source>Incoming calls</source>
        <translation>Eingehende Anrufe</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>Outgoing calls</source>
        <translation>Ausgehende Anrufe</translation>
    </message>
    <message>
        <source>Remove these filters</source>
        <translation>Diese Filter entfernen</translation>
    </message>
    <message>
        <source>No line to the server: these calls are as of {time}.</source>
        <translation>Keine Verbindung zum Server: Anrufe, Stand {time}.</translation>
    </message>
    <message>
        <source>Your calls appear here as soon as you are signed in.</source>
        <translation>Ihre Anrufe erscheinen hier, sobald Sie angemeldet sind.</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>No line to the server: your calls appear as soon as it is back.</source>
        <translation>Keine Verbindung zum Server: Ihre Anrufe erscheinen, sobald sie wieder da ist.</translation>
    </message>
    <message>
        <source>This server keeps no record of calls. Your administrator brings it up to date.</source>
        <translation>Dieser Server führt keine Anrufliste. Ihr Administrator bringt ihn auf den neuesten Stand.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Nochmals versuchen</translation>
    </message>
    <message>
        <source>Your calls are being fetched …</source>
        <translation>Ihre Anrufe werden geholt …</translation>
    </message>
    <message>
        <source>No call fits.</source>
        <translation>Kein Anruf passt.</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>No calls yet. Each one, taken, missed or made, will stand here.</source>
        <translation>Noch keine Anrufe. Jeder angenommene, verpasste und getätigte wird hier stehen.</translation>
    </message>
    <message>
        <source>Calls, newest first</source>
        <translation>Anrufe, die neuesten zuerst</translation>
    </message>
    <message>
        <source>Details of the call</source>
        <translation>Einzelheiten des Anrufs</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>HistoryActions</name>
    <message>
        <source>This desktop has no program that writes e-mails.</source>
        <translation>Dieser Computer hat kein Programm, das E-Mails schreibt.</translation>
    </message>
    <message>
        <source>The call of {name} is done.</source>
        <translation>Der Anruf von {name} ist erledigt.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
</context>
<context>
    <name>HistoryDetail</name>
    <message>
        <source>What is to be remembered of this call …</source>
        <translation>Was von diesem Anruf zu behalten ist …</translation>
    </message>
    <message>
        <source>Note about this call</source>
        <translation>Notiz zu diesem Anruf</translation>
    </message>
    <message>
        <source>ddd d MMM yyyy</source>
        <translation>ddd d. MMM yyyy</translation>
    </message>
    <message>
        <source>incoming</source>
        <translation>eingehend</translation>
    </message>
    <message>
        <source>outgoing</source>
        <translation>ausgehend</translation>
    </message>
    <message>
        <source>Caller</source>
        <translation>Anrufer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufen</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Anruf</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Number called</source>
        <translation>Gewählt</translation>
    </message>
    <message>
        <source>Dialled</source>
        <translation>Gewählt</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Rang</source>
        <translation>Läutete</translation>
    </message>
    <message>
        <source>Talked</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Taken by</source>
        <translation>Angenommen von</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Kept on this computer; the server gets it when the line is back.</source>
        <translation>Auf diesem Computer gespeichert; der Server erhält sie, sobald die Verbindung wieder da ist.</translation>
    </message>
</context>
<context>
    <name>HistoryExporting</name>
    <message>
        <source>Export the history</source>
        <translation>Anrufliste exportieren</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV-Dateien (*.csv)</translation>
    </message>
    <message>
        <source>calls.csv</source>
        <translation>anrufe.csv</translation>
    </message>
    <message>
        <source>The history was not exported: {reason}</source>
        <translation>Die Anrufliste wurde nicht exportiert: {reason}</translation>
    </message>
    <message>
        <source>The history was not exported: {file} cannot be written.</source>
        <translation>Die Anrufliste wurde nicht exportiert: {file} lässt sich nicht schreiben.</translation>
    </message>
    <message>
        <source>Exported to {file}: {calls}.</source>
        <translation>In {file} exportiert: {calls}.</translation>
    </message>
    <message>
        <source>Exporting …</source>
        <translation>Wird exportiert …</translation>
    </message>
    <message>
        <source>{count} of {total}</source>
        <translation>{count} von {total}</translation>
    </message>
    <message>
        <source>Date and time</source>
        <translation>Datum und Zeit</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>Richtung</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Called</source>
        <translation>Angerufen</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Ringing (s)</source>
        <translation>Läuten (s)</translation>
    </message>
    <message>
        <source>Talk (s)</source>
        <translation>Gespräch (s)</translation>
    </message>
    <message>
        <source>Taken by</source>
        <translation>Angenommen von</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>incoming</source>
        <translation>eingehend</translation>
    </message>
    <message>
        <source>outgoing</source>
        <translation>ausgehend</translation>
    </message>
</context>
<context>
    <name>HistoryFilterBar</name>
    <message>
        <source>Only calls to be called back</source>
        <translation>Nur was zurückzurufen ist</translation>
    </message>
    <message>
        <source>Only recorded calls</source>
        <translation>Nur aufgenommene Anrufe</translation>
    </message>
    <message>
        <source>Export as CSV …</source>
        <translation>Als CSV exportieren …</translation>
    </message>
    <message>
        <source>Only calls with {name}</source>
        <translation>Nur Anrufe mit {name}</translation>
    </message>
</context>
<context>
    <name>HistoryMenu</name>
    <message>
        <source>Call {number}</source>
        <translation>{number} anrufen</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Copy {number}</source>
        <translation>{number} kopieren</translation>
    </message>
    <message>
        <source>Only calls with {name}</source>
        <translation>Nur Anrufe mit {name}</translation>
    </message>
    <message>
        <source>Play the recording</source>
        <translation>Aufnahme abspielen</translation>
    </message>
    <message>
        <source>Ctrl+Enter</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>Send as e-mail …</source>
        <translation>Per E-Mail senden …</translation>
    </message>
    <message>
        <source>Mark as done</source>
        <translation>Als erledigt abhaken</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>Wieder öffnen</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leertaste</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>There is no number to add.</source>
        <translation>Es gibt keine Nummer, die sich aufnehmen liesse.</translation>
    </message>
    <message>
        <source>Colleagues have their own list.</source>
        <translation>Kollegen haben ihre eigene Liste.</translation>
    </message>
    <message>
        <source>Show in the phone book …</source>
        <translation>Im Telefonbuch zeigen …</translation>
    </message>
    <message>
        <source>Add to the phone book …</source>
        <translation>Ins Telefonbuch aufnehmen …</translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Call back (Enter)</source>
        <translation>Zurückrufen (Enter)</translation>
    </message>
    <message>
        <source>Details (F2)</source>
        <translation>Einzelheiten (F2)</translation>
    </message>
    <message>
        <source>Copy the number (Ctrl+C)</source>
        <translation>Nummer kopieren (Ctrl+C)</translation>
    </message>
    <message>
        <source>Send as e-mail</source>
        <translation>Per E-Mail senden</translation>
    </message>
    <message>
        <source>Play the recording (Ctrl+Enter)</source>
        <translation>Aufnahme abspielen (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>Show in the phone book</source>
        <translation>Im Telefonbuch zeigen</translation>
    </message>
    <message>
        <source>Add to the phone book</source>
        <translation>Ins Telefonbuch aufnehmen</translation>
    </message>
    <message>
        <source>Open again (Space)</source>
        <translation>Wieder öffnen (Leertaste)</translation>
    </message>
    <message>
        <source>Mark as done (Space)</source>
        <translation>Als erledigt abhaken (Leertaste)</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Choose a file</source>
        <translation>Datei wählen</translation>
    </message>
    <message>
        <source>Contacts (*.csv *.vcf *.vcard *.txt)</source>
        <translation>Kontakte (*.csv *.vcf *.vcard *.txt)</translation>
    </message>
    <message>
        <source>Choose a file first.</source>
        <translation>Wählen Sie zuerst eine Datei.</translation>
    </message>
    <message>
        <source>Save the refused lines</source>
        <translation>Abgelehnte Zeilen speichern</translation>
    </message>
    <message>
        <source>refused lines.txt</source>
        <translation>abgelehnte Zeilen.txt</translation>
    </message>
    <message>
        <source>Reading {file} …</source>
        <translation>{file} wird gelesen …</translation>
    </message>
    <message>
        <source>Checking the entries …</source>
        <translation>Die Einträge werden geprüft …</translation>
    </message>
    <message>
        <source>Nothing was imported.</source>
        <translation>Es wurde nichts importiert.</translation>
    </message>
    <message>
        <source>Comparing with the phone book …</source>
        <translation>Vergleich mit dem Telefonbuch …</translation>
    </message>
    <message>
        <source>Importing …</source>
        <translation>Import läuft …</translation>
    </message>
    <message>
        <source>Somebody has changed the phone book meanwhile. These are the counts as of now.</source>
        <translation>Jemand hat das Telefonbuch inzwischen geändert. Das sind die Zahlen von jetzt.</translation>
    </message>
    <message>
        <source>The import is undone.</source>
        <translation>Der Import ist rückgängig gemacht.</translation>
    </message>
    <message>
        <source>Entries that were changed since and stay: {count}</source>
        <translation>Einträge, die seither geändert wurden und bleiben: {count}</translation>
    </message>
    <message>
        <source>The file cannot be written: {reason}.</source>
        <translation>Die Datei lässt sich nicht schreiben: {reason}.</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Save the refused lines …</source>
        <translation>Abgelehnte Zeilen speichern …</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Entries that are not in the file and will be deleted: {count}</source>
        <translation>Einträge, die nicht in der Datei stehen und gelöscht werden: {count}</translation>
    </message>
    <message>
        <source>For 30 days the whole import can be undone.</source>
        <translation>Während 30 Tagen lässt sich der ganze Import rückgängig machen.</translation>
    </message>
    <message>
        <source>Delete {count} and import</source>
        <translation>{count} löschen und importieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
    <message>
        <source>Imported from {file}. New: {new}. Changed: {changed}. Deleted: {gone}.</source>
        <translation>Aus {file} importiert. Neu: {new}. Geändert: {changed}. Gelöscht: {gone}.</translation>
    </message>
    <message>
        <source>For 30 days you can undo it here or under “Past imports …” in the menu of the phone book.</source>
        <translation>Während 30 Tagen können Sie das hier oder unter «Frühere Importe …» im Menü des Telefonbuchs rückgängig machen.</translation>
    </message>
    <message>
        <source>You would have {count} entries of your own more than are allowed.</source>
        <translation>Sie hätten {count} eigene Einträge mehr als erlaubt.</translation>
    </message>
    <message>
        <source>Everybody&apos;s entries</source>
        <translation>Einträge für alle</translation>
    </message>
    <message>
        <source>My own entries</source>
        <translation>Meine Einträge</translation>
    </message>
    <message>
        <source>Add new entries and change known ones</source>
        <translation>Neue Einträge hinzufügen, bekannte ändern</translation>
    </message>
    <message>
        <source>Replace all entries</source>
        <translation>Alle Einträge ersetzen</translation>
    </message>
    <message>
        <source>A CSV file as the PBX has it, or a vCard file (.vcf) of an address book. You see what it changes before anything is imported.</source>
        <translation>Eine CSV-Datei, wie die Telefonanlage sie hat, oder eine vCard-Datei (.vcf) eines Adressbuchs. Sie sehen, was sich ändert, bevor etwas importiert wird.</translation>
    </message>
</context>
<context>
    <name>Imports</name>
    <message>
        <source>… and {count} more</source>
        <translation>… und {count} weitere</translation>
    </message>
    <message>
        <source>Afterwards the file counts: whoever is not in it is deleted.</source>
        <translation>Danach gilt die Datei: Wer nicht darin steht, wird gelöscht.</translation>
    </message>
    <message>
        <source>Entries that are not in the file stay. What the file leaves empty stays, too.</source>
        <translation>Einträge, die nicht in der Datei stehen, bleiben. Auch was die Datei leer lässt, bleibt.</translation>
    </message>
    <message>
        <source>The file cannot be read: {text}.</source>
        <translation>Die Datei lässt sich nicht lesen: {text}.</translation>
    </message>
    <message>
        <source>The file is larger than {megabytes} MB. Divide it into several files.</source>
        <translation>Die Datei ist grösser als {megabytes} MB. Teilen Sie sie in mehrere auf.</translation>
    </message>
    <message>
        <source>This is a workbook. Save it as CSV in your spreadsheet program, and import that file.</source>
        <translation>Das ist eine Arbeitsmappe. Speichern Sie sie im Tabellenprogramm als CSV und importieren Sie diese Datei.</translation>
    </message>
    <message>
        <source>The file is in UTF-16. Save it as UTF-8, and import that file.</source>
        <translation>Die Datei ist in UTF-16. Speichern Sie sie als UTF-8 und importieren Sie diese Datei.</translation>
    </message>
    <message>
        <source>This is no text file. Choose a CSV file or a vCard file.</source>
        <translation>Das ist keine Textdatei. Wählen Sie eine CSV- oder eine vCard-Datei.</translation>
    </message>
    <message>
        <source>There are no entries in this file.</source>
        <translation>In dieser Datei sind keine Einträge.</translation>
    </message>
    <message>
        <source>The columns of this file are not separated by semicolons. Save it as CSV with semicolons.</source>
        <translation>Die Spalten dieser Datei sind nicht durch Strichpunkte getrennt. Speichern Sie sie als CSV mit Strichpunkten.</translation>
    </message>
    <message>
        <source>The first line of a CSV file must be “{head}”. In this file it is “{text}”.</source>
        <translation>Die erste Zeile einer CSV-Datei muss «{head}» lauten. In dieser Datei ist sie «{text}».</translation>
    </message>
    <message>
        <source>There are more than {most} entries in this file. Divide it into several files.</source>
        <translation>In dieser Datei sind mehr als {most} Einträge. Teilen Sie sie in mehrere auf.</translation>
    </message>
    <message>
        <source>More than {refused} lines of this file cannot be read. Is it the right file?</source>
        <translation>Mehr als {refused} Zeilen dieser Datei lassen sich nicht lesen. Ist es die richtige Datei?</translation>
    </message>
    <message>
        <source>Line {line}: {text} columns instead of six</source>
        <translation>Zeile {line}: {text} Spalten statt sechs</translation>
    </message>
    <message>
        <source>Line {line}: a quotation mark is not closed, or stands in the wrong place</source>
        <translation>Zeile {line}: Ein Anführungszeichen ist nicht geschlossen oder steht am falschen Ort</translation>
    </message>
    <message>
        <source>Line {line}: too long ({field})</source>
        <translation>Zeile {line}: zu lang ({field})</translation>
    </message>
    <message>
        <source>Line {line}: “{text}” is no number that can be dialled ({field})</source>
        <translation>Zeile {line}: «{text}» ist keine wählbare Nummer ({field})</translation>
    </message>
    <message>
        <source>Line {line}: “{text}” is no e-mail address</source>
        <translation>Zeile {line}: «{text}» ist keine E-Mail-Adresse</translation>
    </message>
    <message>
        <source>Line {line}: without name, company, number and e-mail address</source>
        <translation>Zeile {line}: ohne Name, Firma, Nummer und E-Mail-Adresse</translation>
    </message>
    <message>
        <source>Line {line}: the same entry stands in line {text} already</source>
        <translation>Zeile {line}: Derselbe Eintrag steht schon auf Zeile {text}</translation>
    </message>
    <message>
        <source>Line {line}: “{text}” belongs to no card</source>
        <translation>Zeile {line}: «{text}» gehört zu keiner Karte</translation>
    </message>
    <message>
        <source>Line {line}: this card has no end</source>
        <translation>Zeile {line}: Diese Karte hat kein Ende</translation>
    </message>
    <message>
        <source>Line {line}: a card of a version that is not known (“{text}”)</source>
        <translation>Zeile {line}: eine Karte einer unbekannten Version («{text}»)</translation>
    </message>
    <message>
        <source>Line {line}: a card of a group, not of one person</source>
        <translation>Zeile {line}: eine Karte einer Gruppe, nicht einer Person</translation>
    </message>
    <message>
        <source>Line {line}: a text in this card cannot be read (“{text}”)</source>
        <translation>Zeile {line}: Ein Text in dieser Karte lässt sich nicht lesen («{text}»)</translation>
    </message>
    <message>
        <source>the whole entry</source>
        <translation>der ganze Eintrag</translation>
    </message>
    <message>
        <source>first name</source>
        <translation>Vorname</translation>
    </message>
    <message>
        <source>surname</source>
        <translation>Nachname</translation>
    </message>
    <message>
        <source>company</source>
        <translation>Firma</translation>
    </message>
    <message>
        <source>office number</source>
        <translation>Nummer im Büro</translation>
    </message>
    <message>
        <source>mobile number</source>
        <translation>Mobilnummer</translation>
    </message>
    <message>
        <source>private number</source>
        <translation>private Nummer</translation>
    </message>
    <message>
        <source>e-mail address</source>
        <translation>E-Mail-Adresse</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>The server has forgotten this import, because it waited too long. Begin again.</source>
        <translation>Der Server hat diesen Import vergessen, weil er zu lange gewartet hat. Beginnen Sie neu.</translation>
    </message>
    <message>
        <source>The line broke before the answer. Try again: nothing is imported twice.</source>
        <translation>Die Verbindung brach vor der Antwort ab. Versuchen Sie es nochmals: Nichts wird zweimal importiert.</translation>
    </message>
    <message>
        <source>These are more entries than the server allows.</source>
        <translation>Das sind mehr Einträge, als der Server erlaubt.</translation>
    </message>
</context>
<context>
    <name>IncomingPopup</name>
    <message>
        <source>Unknown caller</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>Incoming call</source>
        <translation>Anruf</translation>
    </message>
    <message>
        <source>call into a conference</source>
        <translation>Anruf in eine Konferenz</translation>
    </message>
    <message>
        <source>back from place {slot}</source>
        <translation>zurück von Platz {slot}</translation>
    </message>
    <message>
        <source>back from {name}</source>
        <translation>zurück von {name}</translation>
    </message>
    <message>
        <source>room {number}</source>
        <translation>Raum {number}</translation>
    </message>
    <message>
        <source>for {number}</source>
        <translation>für {number}</translation>
    </message>
    <message>
        <source>lift the receiver</source>
        <translation>Hörer abheben</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Decline</source>
        <translation>Ablehnen</translation>
    </message>
</context>
<context>
    <name>Journal</name>
    <message>
        <source>Presence history</source>
        <translation>Verlauf der Präsenz</translation>
    </message>
    <message>
        <source>&amp;Whose</source>
        <translation>&amp;Wessen</translation>
    </message>
    <message>
        <source>Whose history</source>
        <translation>Wessen Verlauf</translation>
    </message>
    <message>
        <source>Name or number …</source>
        <translation>Name oder Nummer …</translation>
    </message>
    <message>
        <source>Name or number of the person</source>
        <translation>Name oder Nummer der Person</translation>
    </message>
    <message>
        <source>Changes of presence, newest first</source>
        <translation>Änderungen der Präsenz, neueste zuerst</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
</context>
<context>
    <name>JournalDialog</name>
    <message>
        <source>Loading …</source>
        <translation>Wird geladen …</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Nochmals versuchen</translation>
    </message>
    <message>
        <source>No change yet. Each one will stand here.</source>
        <translation>Noch keine Änderung. Jede wird hier stehen.</translation>
    </message>
    <message>
        <source>These are the latest {count} changes. Older ones come when you scroll to the end.</source>
        <translation>Dies sind die letzten {count} Änderungen. Ältere kommen, wenn Sie ans Ende scrollen.</translation>
    </message>
    <message>
        <source>Nobody of this name or number.</source>
        <translation>Niemand mit diesem Namen oder dieser Nummer.</translation>
    </message>
    <message>
        <source>Type whose history you want to see.</source>
        <translation>Geben Sie ein, wessen Verlauf Sie sehen möchten.</translation>
    </message>
    <message>
        <source>My own</source>
        <translation>Mein eigener</translation>
    </message>
    <message>
        <source>Everybody</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>One person</source>
        <translation>Eine Person</translation>
    </message>
</context>
<context>
    <name>JournalModel</name>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>Presence</source>
        <translation>Präsenz</translation>
    </message>
    <message>
        <source>Do not disturb</source>
        <translation>Nicht stören</translation>
    </message>
    <message>
        <source>Group or switch</source>
        <translation>Gruppe oder Schalter</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Durch</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>on</source>
        <translation>ein</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>{switch}: on</source>
        <translation>{switch}: ein</translation>
    </message>
    <message>
        <source>{switch}: off</source>
        <translation>{switch}: aus</translation>
    </message>
    <message>
        <source>{group}: logged in</source>
        <translation>{group}: angemeldet</translation>
    </message>
    <message>
        <source>{group}: logged out</source>
        <translation>{group}: abgemeldet</translation>
    </message>
    <message>
        <source>the administrator</source>
        <translation>Administrator</translation>
    </message>
    <message>
        <source>by itself</source>
        <translation>von selbst</translation>
    </message>
</context>
<context>
    <name>Mail</name>
    <message>
        <source>The mail server has taken the test for {address}. Look there whether it arrives.</source>
        <translation>Der Mailserver hat den Test an {address} angenommen. Schauen Sie dort, ob er ankommt.</translation>
    </message>
    <message>
        <source>The mail server cannot be reached. Check its name, its port and the firewall.</source>
        <translation>Der Mailserver ist nicht erreichbar. Prüfen Sie Name, Port und Firewall.</translation>
    </message>
    <message>
        <source>The mail server did not answer in time. Check its name, its port and the kind of encryption.</source>
        <translation>Der Mailserver hat nicht rechtzeitig geantwortet. Prüfen Sie Name, Port und Art der Verschlüsselung.</translation>
    </message>
    <message>
        <source>The mail server&apos;s certificate is not to be trusted, so it was told nothing.</source>
        <translation>Dem Zertifikat des Mailservers ist nicht zu trauen; darum wurde ihm nichts mitgeteilt.</translation>
    </message>
    <message>
        <source>The mail server does not encrypt in this way. Check its port and the kind of encryption.</source>
        <translation>Der Mailserver verschlüsselt nicht auf diese Art. Prüfen Sie Port und Art der Verschlüsselung.</translation>
    </message>
    <message>
        <source>The mail server refused the sign-in. Check user name and password.</source>
        <translation>Der Mailserver hat die Anmeldung abgelehnt. Prüfen Sie Benutzername und Passwort.</translation>
    </message>
    <message>
        <source>The mail server takes nothing from this sender.</source>
        <translation>Der Mailserver nimmt von diesem Absender nichts an.</translation>
    </message>
    <message>
        <source>The mail server takes nothing for {address}.</source>
        <translation>Der Mailserver nimmt für {address} nichts an.</translation>
    </message>
    <message>
        <source>The mail server does not take it now. Try again later; e-mails that wait do so by themselves.</source>
        <translation>Der Mailserver nimmt den Test jetzt nicht an. Versuchen Sie es später nochmals; wartende E-Mails tun das von selbst.</translation>
    </message>
    <message>
        <source>The mail server refuses what is written in the test.</source>
        <translation>Der Mailserver lehnt ab, was im Test steht.</translation>
    </message>
    <message>
        <source>There was no answer after the test was handed over: it may have arrived. Look there before you try again.</source>
        <translation>Nach der Übergabe des Tests kam keine Antwort: Vielleicht ist er angekommen. Schauen Sie dort nach, bevor Sie es nochmals versuchen.</translation>
    </message>
    <message>
        <source>It said: {words}</source>
        <translation>Er sagte: {words}</translation>
    </message>
    <message>
        <source>In detail: {words}</source>
        <translation>Im Einzelnen: {words}</translation>
    </message>
    <message>
        <source>Many tests were sent just now. The next one can be sent in {minutes} min.</source>
        <translation>Eben wurden viele Tests gesendet. Der nächste ist in {minutes} Min. möglich.</translation>
    </message>
    <message>
        <source>{name} is sending a test just now. Try again in a minute.</source>
        <translation>{name} sendet gerade einen Test. Versuchen Sie es in einer Minute nochmals.</translation>
    </message>
    <message>
        <source>A test is being sent just now. Try again in a minute.</source>
        <translation>Gerade wird ein Test gesendet. Versuchen Sie es in einer Minute nochmals.</translation>
    </message>
    <message>
        <source>This is no e-mail address, such as name@example.com.</source>
        <translation>Das ist keine E-Mail-Adresse wie name@example.com.</translation>
    </message>
    <message>
        <source>This server sends no e-mails: no mail server is named. It is named in the server&apos;s settings file, table mail.</source>
        <translation>Dieser Server sendet keine E-Mails: Es ist kein Mailserver angegeben. Angegeben wird er in der Einstellungsdatei des Servers, Tabelle mail.</translation>
    </message>
    <message>
        <source>{host}, port {port}</source>
        <translation>{host}, Port {port}</translation>
    </message>
    <message>
        <source>TLS after a greeting (STARTTLS), certificate verified</source>
        <translation>TLS nach einer Begrüssung (STARTTLS), Zertifikat geprüft</translation>
    </message>
    <message>
        <source>TLS from the start, certificate verified</source>
        <translation>TLS von Anfang an, Zertifikat geprüft</translation>
    </message>
    <message>
        <source>None: the mail server is on the same machine</source>
        <translation>Keine: Der Mailserver ist auf derselben Maschine</translation>
    </message>
    <message>
        <source>Nobody: the mail server asks for no password</source>
        <translation>Niemand: Der Mailserver verlangt kein Passwort</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>1 e-mail, next try {time}</source>
        <translation>1 E-Mail, nächster Versuch {time}</translation>
    </message>
    <message>
        <source>{count} e-mails, next try {time}</source>
        <translation>{count} E-Mails, nächster Versuch {time}</translation>
    </message>
    <message>
        <source>1 e-mail: “wwphone-server mail queue” names it</source>
        <translation>1 E-Mail: «wwphone-server mail queue» nennt sie</translation>
    </message>
    <message>
        <source>{count} e-mails: “wwphone-server mail queue” names them</source>
        <translation>{count} E-Mails: «wwphone-server mail queue» nennt sie</translation>
    </message>
    <message>
        <source>None so far</source>
        <translation>Bisher keiner</translation>
    </message>
    <message>
        <source>{time}: {words} (it is tried again)</source>
        <translation>{time}: {words} (wird nochmals versucht)</translation>
    </message>
    <message>
        <source>{time}: {words} (it was not sent)</source>
        <translation>{time}: {words} (wurde nicht gesendet)</translation>
    </message>
</context>
<context>
    <name>MailAddressCompleter</name>
    <message>
        <source>Addresses found</source>
        <translation>Gefundene Adressen</translation>
    </message>
</context>
<context>
    <name>MailPage</name>
    <message>
        <source>No line to the server. As of {time}.</source>
        <translation>Keine Verbindung zum Server. Stand {time}.</translation>
    </message>
    <message>
        <source>The server is asked …</source>
        <translation>Der Server wird gefragt …</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Own presence</source>
        <translation>Eigene Präsenz</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>Name or number …</source>
        <translation>Name oder Nummer …</translation>
    </message>
    <message>
        <source>Name or number to dial</source>
        <translation>Name oder Nummer zum Wählen</translation>
    </message>
    <message>
        <source>Callers who wait for my groups</source>
        <translation>Anrufer, die auf meine Gruppen warten</translation>
    </message>
    <message>
        <source>Parked calls</source>
        <translation>Geparkte Anrufe</translation>
    </message>
    <message>
        <source>Colleagues</source>
        <translation>Kollegen</translation>
    </message>
    <message>
        <source>Colleagues (Ctrl+1)</source>
        <translation>Kollegen (Ctrl+1)</translation>
    </message>
    <message>
        <source>Phone book</source>
        <translation>Telefonbuch</translation>
    </message>
    <message>
        <source>Phone book (Ctrl+2)</source>
        <translation>Telefonbuch (Ctrl+2)</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>Aufnahmen</translation>
    </message>
    <message>
        <source>Recordings (Ctrl+4)</source>
        <translation>Aufnahmen (Ctrl+4)</translation>
    </message>
    <message>
        <source>Conference</source>
        <translation>Konferenz</translation>
    </message>
    <message>
        <source>Conference (Ctrl+5)</source>
        <translation>Konferenz (Ctrl+5)</translation>
    </message>
    <message>
        <source>My devices</source>
        <translation>Meine Geräte</translation>
    </message>
    <message>
        <source>My devices (Ctrl+6)</source>
        <translation>Meine Geräte (Ctrl+6)</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Settings (Ctrl+,)</source>
        <translation>Einstellungen (Ctrl+,)</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Anrufliste</translation>
    </message>
</context>
<context>
    <name>MergedGroup</name>
    <message numerus="yes">
        <source>%n calls merged</source>
        <translation>
            <numerusform>%n zusammen</numerusform>
            <numerusform>%n zusammen</numerusform>
        </translation>
    </message>
    <message>
        <source>End all (F6)</source>
        <translation>Alle beenden (F6)</translation>
    </message>
    <message>
        <source>End all</source>
        <translation>Alle beenden</translation>
    </message>
    <message>
        <source>Microphone on (F8)</source>
        <translation>Mikrofon einschalten (F8)</translation>
    </message>
    <message>
        <source>Mute the microphone (F8)</source>
        <translation>Mikrofon stumm schalten (F8)</translation>
    </message>
    <message>
        <source>Resume all (F7)</source>
        <translation>Alle zurückholen (F7)</translation>
    </message>
    <message>
        <source>Hold all (F7)</source>
        <translation>Alle halten (F7)</translation>
    </message>
</context>
<context>
    <name>ModeChoice</name>
    <message>
        <source>Mode: {mode}</source>
        <translation>Modus: {mode}</translation>
    </message>
    <message>
        <source>While a call runs, it stays as it is.</source>
        <translation>Während eines Gesprächs bleibt es, wie es ist.</translation>
    </message>
    <message>
        <source>Softphone: you speak and hear at this PC</source>
        <translation>Softphone: Sie sprechen und hören an diesem PC</translation>
    </message>
    <message>
        <source>Desk phone: this PC steers it, and needs no sound</source>
        <translation>Tischtelefon: dieser PC steuert es und braucht keinen Ton</translation>
    </message>
    <message>
        <source>Flexible: this PC while the headset is plugged in, else the desk phone</source>
        <translation>Flexibel: mit dem Headset dieser PC, sonst das Tischtelefon</translation>
    </message>
    <message>
        <source>Which desk phone:</source>
        <translation>Welches Tischtelefon:</translation>
    </message>
    <message>
        <source>this PC</source>
        <translation>dieser PC</translation>
    </message>
    <message>
        <source>none is registered</source>
        <translation>keines angemeldet</translation>
    </message>
    <message>
        <source>{mode} ({where})</source>
        <translation>{mode} ({where})</translation>
    </message>
</context>
<context>
    <name>Modes</name>
    <message>
        <source>That does not work with this call at the moment.</source>
        <translation>Das geht mit diesem Anruf im Augenblick nicht.</translation>
    </message>
    <message>
        <source>This number does not exist. Check what you dialled.</source>
        <translation>Diese Nummer gibt es nicht. Prüfen Sie, was Sie gewählt haben.</translation>
    </message>
</context>
<context>
    <name>NoteMenu</name>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
</context>
<context>
    <name>Notes</name>
    <message>
        <source>Last note, {time}: {text}</source>
        <translation>Letzte Notiz, {time}: {text}</translation>
    </message>
</context>
<context>
    <name>NumberMenu</name>
    <message>
        <source>Call {number}</source>
        <translation>{number} anrufen</translation>
    </message>
    <message>
        <source>Copy {number}</source>
        <translation>{number} kopieren</translation>
    </message>
    <message>
        <source>Show in the phone book …</source>
        <translation>Im Telefonbuch anzeigen …</translation>
    </message>
    <message>
        <source>Add to the phone book …</source>
        <translation>Ins Telefonbuch aufnehmen …</translation>
    </message>
</context>
<context>
    <name>Options</name>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>The language of the window.</source>
        <translation>Die Sprache des Fensters.</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Light, dark, or as the system has it at the moment.</source>
        <translation>Hell, dunkel oder wie das System es gerade hält.</translation>
    </message>
    <message>
        <source>Keep running when the window is closed</source>
        <translation>Weiterlaufen, wenn das Fenster geschlossen wird</translation>
    </message>
    <message>
        <source>Calls go on ringing; the icon beside the clock brings the window back.</source>
        <translation>Anrufe läuten weiterhin; das Symbol neben der Uhr holt das Fenster zurück.</translation>
    </message>
    <message>
        <source>Busy from this many calls</source>
        <translation>Besetzt ab so vielen Gesprächen</translation>
    </message>
    <message>
        <source>From so many running calls on, further callers hear that you are busy.</source>
        <translation>Ab so vielen laufenden Gesprächen hören weitere Anrufer besetzt.</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Annehmen</translation>
    </message>
    <message>
        <source>Hang up, decline</source>
        <translation>Auflegen, ablehnen</translation>
    </message>
    <message>
        <source>Hold, resume</source>
        <translation>Halten, zurückholen</translation>
    </message>
    <message>
        <source>Microphone off, on</source>
        <translation>Mikrofon aus, ein</translation>
    </message>
    <message>
        <source>Pick up what rings longest elsewhere</source>
        <translation>Holen, was anderswo am längsten läutet</translation>
    </message>
    <message>
        <source>Show the window</source>
        <translation>Fenster zeigen</translation>
    </message>
    <message>
        <source>Dial the marked text</source>
        <translation>Markierten Text wählen</translation>
    </message>
    <message>
        <source>When it rings, open</source>
        <translation>Wenn es klingelt, öffnen</translation>
    </message>
    <message>
        <source>When it is answered, open</source>
        <translation>Bei der Annahme öffnen</translation>
    </message>
    <message>
        <source>When it ends, open</source>
        <translation>Am Ende öffnen</translation>
    </message>
    <message>
        <source>For which calls</source>
        <translation>Für welche Anrufe</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Calls that come in</source>
        <translation>Eingehende</translation>
    </message>
    <message>
        <source>All calls</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Never busy</source>
        <translation>Nie besetzt</translation>
    </message>
</context>
<context>
    <name>ParkedCallRow</name>
    <message>
        <source>Unknown caller</source>
        <translation>Unbekannter Anrufer</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>Holen</translation>
    </message>
    <message>
        <source>Fetch {name} from {slot}</source>
        <translation>{name} von {slot} holen</translation>
    </message>
    <message>
        <source>parked at {slot}</source>
        <translation>geparkt auf {slot}</translation>
    </message>
    <message>
        <source>parked by {name}</source>
        <translation>geparkt von {name}</translation>
    </message>
</context>
<context>
    <name>Parking</name>
    <message>
        <source>A conference cannot be parked. Hold the call, or hang up: the conference goes on.</source>
        <translation>Eine Konferenz lässt sich nicht parken. Halten Sie den Anruf, oder legen Sie auf: Die Konferenz geht weiter.</translation>
    </message>
    <message>
        <source>The caller has hung up.</source>
        <translation>Der Anrufer hat aufgelegt.</translation>
    </message>
    <message>
        <source>{name} was faster.</source>
        <translation>{name} war schneller.</translation>
    </message>
    <message>
        <source>Somebody was faster.</source>
        <translation>Jemand war schneller.</translation>
    </message>
</context>
<context>
    <name>PastImportsDialog</name>
    <message>
        <source>Loading …</source>
        <translation>Wird geladen …</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Nochmals versuchen</translation>
    </message>
    <message>
        <source>Nothing was imported in the last 30 days.</source>
        <translation>In den letzten 30 Tagen wurde nichts importiert.</translation>
    </message>
    <message>
        <source>The import is being undone …</source>
        <translation>Der Import wird rückgängig gemacht …</translation>
    </message>
    <message>
        <source>Undone. Taken away: {removed}. Put back: {back}. Changed since, and left: {kept}.</source>
        <translation>Rückgängig gemacht. Entfernt: {removed}. Wiederhergestellt: {back}. Seither geändert und belassen: {kept}.</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Into</source>
        <translation>Für</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>Geändert</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Gelöscht</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>undone, {time}</source>
        <translation>rückgängig, {time}</translation>
    </message>
    <message>
        <source>My own</source>
        <translation>mich</translation>
    </message>
    <message>
        <source>Everybody&apos;s</source>
        <translation>alle</translation>
    </message>
</context>
<context>
    <name>PeopleList</name>
    <message>
        <source>People found</source>
        <translation>Gefundene Personen</translation>
    </message>
</context>
<context>
    <name>PhoneBook</name>
    <message>
        <source>The server does not accept this entry.</source>
        <translation>Der Server nimmt diesen Eintrag nicht an.</translation>
    </message>
    <message>
        <source>This text is too long: {field}.</source>
        <translation>Dieser Text ist zu lang: {field}.</translation>
    </message>
    <message>
        <source>This cannot be dialled: {field}.</source>
        <translation>Das lässt sich nicht wählen: {field}.</translation>
    </message>
    <message>
        <source>This is no e-mail address.</source>
        <translation>Das ist keine E-Mail-Adresse.</translation>
    </message>
    <message>
        <source>An entry needs a name, a company, a number or an e-mail address.</source>
        <translation>Ein Eintrag braucht einen Namen, eine Firma, eine Nummer oder eine E-Mail-Adresse.</translation>
    </message>
    <message>
        <source>No line to the server: nothing can be changed at the moment.</source>
        <translation>Keine Verbindung zum Server: Im Moment lässt sich nichts ändern.</translation>
    </message>
    <message>
        <source>This server has no phone book.</source>
        <translation>Dieser Server hat kein Telefonbuch.</translation>
    </message>
    <message>
        <source>You lack the right to change entries that everybody sees. Your administrator can give it to you.</source>
        <translation>Ihnen fehlt das Recht, Einträge zu ändern, die alle sehen. Ihr Administrator kann es Ihnen geben.</translation>
    </message>
    <message>
        <source>You have as many favourites as the server allows.</source>
        <translation>Sie haben so viele Favoriten, wie der Server erlaubt.</translation>
    </message>
    <message>
        <source>There are as many entries as the server allows.</source>
        <translation>Es gibt schon so viele Einträge, wie der Server erlaubt.</translation>
    </message>
    <message>
        <source>Somebody has deleted this entry meanwhile.</source>
        <translation>Jemand hat diesen Eintrag inzwischen gelöscht.</translation>
    </message>
    <message>
        <source>Search the phone book …</source>
        <translation>Telefonbuch durchsuchen …</translation>
    </message>
    <message>
        <source>Search the phone book</source>
        <translation>Telefonbuch durchsuchen</translation>
    </message>
    <message>
        <source>Import, export and doubles</source>
        <translation>Import, Export und Doppelte</translation>
    </message>
    <message>
        <source>Whose entries</source>
        <translation>Wessen Einträge</translation>
    </message>
    <message>
        <source>New entry</source>
        <translation>Neuer Eintrag</translation>
    </message>
    <message>
        <source>Phone book</source>
        <translation>Telefonbuch</translation>
    </message>
</context>
<context>
    <name>PhoneBookChanges</name>
    <message>
        <source>{person} had changed “{name}” meanwhile; your change stands now.</source>
        <translation>{person} hatte «{name}» inzwischen geändert; jetzt gilt Ihre Änderung.</translation>
    </message>
    <message>
        <source>“{name}” is in the phone book now.</source>
        <translation>«{name}» steht jetzt im Telefonbuch.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>“{name}” is deleted.</source>
        <translation>«{name}» ist gelöscht.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
</context>
<context>
    <name>PhoneBookFiles</name>
    <message>
        <source>Import …</source>
        <translation>Importieren …</translation>
    </message>
    <message>
        <source>Export …</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Past imports …</source>
        <translation>Frühere Importe …</translation>
    </message>
    <message>
        <source>Find doubles …</source>
        <translation>Doppelte suchen …</translation>
    </message>
</context>
<context>
    <name>PhoneBookModel</name>
    <message>
        <source>my own entry</source>
        <translation>mein eigener Eintrag</translation>
    </message>
    <message>
        <source>favourite</source>
        <translation>Favorit</translation>
    </message>
</context>
<context>
    <name>PhoneBookPanel</name>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>All entries</source>
        <translation>Alle Einträge</translation>
    </message>
    <message>
        <source>Everybody&apos;s entries</source>
        <translation>Einträge für alle</translation>
    </message>
    <message>
        <source>My own entries</source>
        <translation>Meine Einträge</translation>
    </message>
    <message>
        <source>My favourites</source>
        <translation>Meine Favoriten</translation>
    </message>
    <message>
        <source>Write a new entry (Ctrl+N)</source>
        <translation>Neuen Eintrag schreiben (Ctrl+N)</translation>
    </message>
    <message>
        <source>The phone book is being fetched …</source>
        <translation>Das Telefonbuch wird geholt …</translation>
    </message>
    <message>
        <source>Nothing fits “{text}”.</source>
        <translation>Nichts passt zu «{text}».</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>The phone book appears here as soon as you are signed in.</source>
        <translation>Das Telefonbuch erscheint hier, sobald Sie angemeldet sind.</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>No line to the server: the phone book appears as soon as it is back.</source>
        <translation>Keine Verbindung zum Server: Das Telefonbuch erscheint, sobald sie wieder da ist.</translation>
    </message>
    <message>
        <source>This server has no phone book. Your administrator brings it up to date.</source>
        <translation>Dieser Server hat kein Telefonbuch. Ihr Administrator bringt ihn auf den neusten Stand.</translation>
    </message>
    <message>
        <source>Nobody is in the phone book yet. Colleagues have their own list.</source>
        <translation>Im Telefonbuch steht noch niemand. Kollegen haben ihre eigene Liste.</translation>
    </message>
    <message>
        <source>New entry</source>
        <translation>Neuer Eintrag</translation>
    </message>
    <message>
        <source>You have no favourites yet: mark an entry with the star below the list.</source>
        <translation>Sie haben noch keine Favoriten. Der Stern unter der Liste macht einen Eintrag dazu.</translation>
    </message>
    <message>
        <source>You have no entries of your own yet; only you see them.</source>
        <translation>Sie haben noch keine eigenen Einträge; nur Sie sehen diese.</translation>
    </message>
    <message>
        <source>There are no entries for everybody yet.</source>
        <translation>Es gibt noch keine Einträge für alle.</translation>
    </message>
</context>
<context>
    <name>PlanAddresses</name>
    <message>
        <source>“{text}” is not invited: choose an entry of the list, or write an e-mail address.</source>
        <translation>«{text}» ist nicht eingeladen: Wählen Sie einen Eintrag der Liste, oder schreiben Sie eine E-Mail-Adresse.</translation>
    </message>
</context>
<context>
    <name>PresenceChoices</name>
    <message>
        <source>without a time</source>
        <translation>ohne Zeit</translation>
    </message>
    <message>
        <source>in {minutes} minutes</source>
        <translation>in {minutes} Minuten</translation>
    </message>
</context>
<context>
    <name>ReachControls</name>
    <message>
        <source>Do not disturb: on</source>
        <translation>Nicht stören: ein</translation>
    </message>
    <message>
        <source>Do not disturb</source>
        <translation>Nicht stören</translation>
    </message>
    <message>
        <source>No device of yours rings. Press to let them ring again (Ctrl+D).</source>
        <translation>Keines Ihrer Geräte läutet. Drücken, damit sie wieder läuten (Ctrl+D).</translation>
    </message>
    <message>
        <source>Silences all your devices and stops forwarding (Ctrl+D).</source>
        <translation>Lässt alle Ihre Geräte schweigen und hält Umleitungen an (Ctrl+D).</translation>
    </message>
    <message>
        <source>End forwarding</source>
        <translation>Umleitung beenden</translation>
    </message>
    <message>
        <source>Forward again</source>
        <translation>Wieder umleiten</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Beendet</translation>
    </message>
    <message>
        <source>Forward calls …</source>
        <translation>Anrufe umleiten …</translation>
    </message>
    <message>
        <source>{count} forwardings</source>
        <translation>{count} Umleitungen</translation>
    </message>
    <message>
        <source>Choose where your calls go when you do not answer them.</source>
        <translation>Wählen Sie, wohin Ihre Anrufe gehen, wenn Sie sie nicht annehmen.</translation>
    </message>
    <message>
        <source>Press to change it.</source>
        <translation>Drücken, um es zu ändern.</translation>
    </message>
    <message>
        <source>as of {time}</source>
        <translation>Stand {time}</translation>
    </message>
</context>
<context>
    <name>Reachability</name>
    <message>
        <source>Calls do not reach you</source>
        <translation>Anrufe erreichen Sie nicht</translation>
    </message>
    <message>
        <source>External calls do not reach you</source>
        <translation>Externe Anrufe erreichen Sie nicht</translation>
    </message>
    <message>
        <source>Internal and direct calls do not reach you</source>
        <translation>Interne und direkte Anrufe erreichen Sie nicht</translation>
    </message>
    <message>
        <source>Internal and group calls do not reach you</source>
        <translation>Interne Anrufe und Gruppenanrufe erreichen Sie nicht</translation>
    </message>
    <message>
        <source>Internal calls do not reach you</source>
        <translation>Interne Anrufe erreichen Sie nicht</translation>
    </message>
    <message>
        <source>Direct calls do not reach you</source>
        <translation>Direkte Anrufe erreichen Sie nicht</translation>
    </message>
    <message>
        <source>Group calls do not reach you</source>
        <translation>Gruppenanrufe erreichen Sie nicht</translation>
    </message>
    <message>
        <source>Do not disturb</source>
        <translation>Nicht stören</translation>
    </message>
    <message>
        <source>forwarded to {target}</source>
        <translation>umgeleitet an {target}</translation>
    </message>
    <message>
        <source>no device of yours is registered</source>
        <translation>keines Ihrer Geräte ist registriert</translation>
    </message>
    <message>
        <source>no device of yours answers</source>
        <translation>keines Ihrer Geräte antwortet</translation>
    </message>
    <message>
        <source>busy with a call</source>
        <translation>besetzt durch einen Anruf</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>End forwarding</source>
        <translation>Umleitung beenden</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Be available</source>
        <translation>Verfügbar sein</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>You are logged out of the group {group}</source>
        <translation>Sie sind in der Gruppe {group} abgemeldet</translation>
    </message>
    <message>
        <source>since {time}</source>
        <translation>seit {time}</translation>
    </message>
    <message>
        <source>set by {name}</source>
        <translation>gesetzt von {name}</translation>
    </message>
    <message>
        <source>set on this PC</source>
        <translation>auf diesem PC gewählt</translation>
    </message>
    <message>
        <source>set on {device}</source>
        <translation>gewählt auf {device}</translation>
    </message>
    <message>
        <source>My devices</source>
        <translation>Meine Geräte</translation>
    </message>
    <message>
        <source>voicemail</source>
        <translation>Voicemail</translation>
    </message>
    <message>
        <source>Calls would come back in a loop: this number forwards to you.</source>
        <translation>Anrufe kämen im Kreis zurück: Diese Nummer ist auf Sie umgeleitet.</translation>
    </message>
    <message>
        <source>Calls cannot be forwarded to this number.</source>
        <translation>Auf diese Nummer lassen sich Anrufe nicht umleiten.</translation>
    </message>
    <message>
        <source>after {seconds} s</source>
        <translation>nach {seconds} s</translation>
    </message>
</context>
<context>
    <name>Recording</name>
    <message>
        <source>You lack the right to record calls. Your administrator can give it to you.</source>
        <translation>Ihnen fehlt das Recht, Gespräche aufzunehmen. Ihr Administrator kann es Ihnen geben.</translation>
    </message>
    <message>
        <source>There is nothing to record any more.</source>
        <translation>Es gibt nichts mehr aufzunehmen.</translation>
    </message>
    <message>
        <source>This call cannot be recorded now, or you record it already.</source>
        <translation>Dieses Gespräch kann jetzt nicht aufgenommen werden, oder Sie nehmen es schon auf.</translation>
    </message>
    <message>
        <source>The server is not set up to record calls.</source>
        <translation>Der Server ist nicht für Aufnahmen eingerichtet.</translation>
    </message>
    <message>
        <source>The server&apos;s disk is full: nothing can be recorded.</source>
        <translation>Die Festplatte des Servers ist voll: Es kann nichts aufgenommen werden.</translation>
    </message>
    <message>
        <source>Recording has ended: you lack the right now. What was recorded until then is kept.</source>
        <translation>Die Aufnahme ist beendet: Ihnen fehlt jetzt das Recht dazu. Was bis dahin aufgenommen wurde, bleibt erhalten.</translation>
    </message>
    <message>
        <source>Recording has ended: the server&apos;s disk is full. What was recorded until then is kept.</source>
        <translation>Die Aufnahme ist beendet: Die Festplatte des Servers ist voll. Was bis dahin aufgenommen wurde, bleibt erhalten.</translation>
    </message>
    <message>
        <source>Recording was interrupted. What was recorded until then is kept.</source>
        <translation>Die Aufnahme wurde unterbrochen. Was bis dahin aufgenommen wurde, bleibt erhalten.</translation>
    </message>
</context>
<context>
    <name>RecordingActions</name>
    <message>
        <source>The recording with {name} is deleted.</source>
        <translation>Die Aufnahme mit {name} ist gelöscht.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Who has listened: {name}</source>
        <translation>Wer hat gehört: {name}</translation>
    </message>
    <message>
        <source>Nobody so far.</source>
        <translation>Bisher niemand.</translation>
    </message>
    <message>
        <source>Export the recording</source>
        <translation>Aufnahme exportieren</translation>
    </message>
    <message>
        <source>FLAC files (*.flac)</source>
        <translation>FLAC-Dateien (*.flac)</translation>
    </message>
    <message>
        <source>The recording was not exported: {reason}</source>
        <translation>Die Aufnahme wurde nicht exportiert: {reason}</translation>
    </message>
    <message>
        <source>The recording was not exported: {file} cannot be written.</source>
        <translation>Die Aufnahme wurde nicht exportiert: {file} kann nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>Exported to {file}.</source>
        <translation>Exportiert nach {file}.</translation>
    </message>
    <message>
        <source>Exporting …</source>
        <translation>Wird exportiert …</translation>
    </message>
</context>
<context>
    <name>RecordingListening</name>
    <message>
        <source>Above: you. Below: the others. Click to go there.</source>
        <translation>Oben: Sie. Unten: die anderen. Ein Klick springt dorthin.</translation>
    </message>
    <message>
        <source>Pause (Space)</source>
        <translation>Pause (Leertaste)</translation>
    </message>
    <message>
        <source>Play (Space)</source>
        <translation>Abspielen (Leertaste)</translation>
    </message>
    <message>
        <source>It cannot be played here. Export it to play it elsewhere.</source>
        <translation>Sie kann hier nicht abgespielt werden. Exportieren Sie sie, um sie anderswo abzuspielen.</translation>
    </message>
    <message>
        <source>{percent} % fetched</source>
        <translation>{percent} % geholt</translation>
    </message>
</context>
<context>
    <name>RecordingMenu</name>
    <message>
        <source>Take back</source>
        <translation>Zurückholen</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>Abspielen</translation>
    </message>
    <message>
        <source>Export as FLAC …</source>
        <translation>Als FLAC exportieren …</translation>
    </message>
    <message>
        <source>Who has listened</source>
        <translation>Wer hat gehört</translation>
    </message>
    <message>
        <source>Call {number}</source>
        <translation>{number} anrufen</translation>
    </message>
    <message>
        <source>Only with {name}</source>
        <translation>Nur mit {name}</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Del</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
</context>
<context>
    <name>RecordingStrip</name>
    <message>
        <source>Go on recording (Ctrl+Shift+R)</source>
        <translation>Weiter aufnehmen (Ctrl+Shift+R)</translation>
    </message>
    <message>
        <source>Pause the recording (Ctrl+Shift+R)</source>
        <translation>Aufnahme pausieren (Ctrl+Shift+R)</translation>
    </message>
    <message>
        <source>Stop recording (Ctrl+R)</source>
        <translation>Aufnahme beenden (Ctrl+R)</translation>
    </message>
    <message>
        <source>Recording paused · {time}</source>
        <translation>Aufnahme pausiert · {time}</translation>
    </message>
    <message>
        <source>Recorded automatically · {time}</source>
        <translation>Automatische Aufnahme · {time}</translation>
    </message>
    <message>
        <source>Recording · {time}</source>
        <translation>Aufnahme läuft · {time}</translation>
    </message>
    <message>
        <source>This call is being recorded</source>
        <translation>Dieses Gespräch wird aufgenommen</translation>
    </message>
    <message>
        <source>{name} records this call (automatically)</source>
        <translation>{name} nimmt dieses Gespräch auf (automatisch)</translation>
    </message>
    <message>
        <source>{name} records this call</source>
        <translation>{name} nimmt dieses Gespräch auf</translation>
    </message>
</context>
<context>
    <name>Recordings</name>
    <message>
        <source>This recording is not there any more.</source>
        <translation>Diese Aufnahme gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>This recording cannot be played: it is still being put away, is missing, or was changed.</source>
        <translation>Diese Aufnahme kann nicht abgespielt werden: Sie wird noch abgelegt, fehlt oder wurde verändert.</translation>
    </message>
    <message>
        <source>The server does not take this note: it is too long, or there are too many.</source>
        <translation>Der Server nimmt diese Notiz nicht an: Sie ist zu lang, oder es sind zu viele.</translation>
    </message>
    <message>
        <source>Waveform: {time} of {length}</source>
        <translation>Wellenform: {time} von {length}</translation>
    </message>
    <message>
        <source>is being put away</source>
        <translation>wird abgelegt</translation>
    </message>
    <message>
        <source>its file is missing</source>
        <translation>Datei fehlt</translation>
    </message>
    <message>
        <source>was changed: not as it was recorded</source>
        <translation>verändert: nicht wie aufgenommen</translation>
    </message>
    <message>
        <source>ended, since the right was withdrawn</source>
        <translation>beendet, da das Recht entzogen wurde</translation>
    </message>
    <message>
        <source>ended, since the disk was full</source>
        <translation>beendet, da die Festplatte voll war</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>unterbrochen</translation>
    </message>
    <message>
        <source>None of your calls is recorded automatically.</source>
        <translation>Keiner Ihrer Anrufe wird automatisch aufgenommen.</translation>
    </message>
    <message>
        <source>Your incoming calls are recorded automatically.</source>
        <translation>Ihre eingehenden Anrufe werden automatisch aufgenommen.</translation>
    </message>
    <message>
        <source>Your outgoing calls are recorded automatically.</source>
        <translation>Ihre ausgehenden Anrufe werden automatisch aufgenommen.</translation>
    </message>
    <message>
        <source>Your calls from and to outside are recorded automatically.</source>
        <translation>Ihre Anrufe von und nach aussen werden automatisch aufgenommen.</translation>
    </message>
    <message>
        <source>All your calls are recorded automatically.</source>
        <translation>Alle Ihre Anrufe werden automatisch aufgenommen.</translation>
    </message>
    <message>
        <source>This server is not set up to record calls.</source>
        <translation>Dieser Server ist nicht für Aufnahmen eingerichtet.</translation>
    </message>
    <message>
        <source>You may record calls yourself.</source>
        <translation>Sie dürfen Gespräche selbst aufnehmen.</translation>
    </message>
    <message>
        <source>Everybody in a recorded call hears a tone.</source>
        <translation>Alle in einem aufgenommenen Gespräch hören einen Ton.</translation>
    </message>
    <message>
        <source>No tone tells the others that a call is recorded.</source>
        <translation>Kein Ton sagt den anderen, dass ein Gespräch aufgenommen wird.</translation>
    </message>
    <message>
        <source>Number withheld</source>
        <translation>Nummer unterdrückt</translation>
    </message>
    <message>
        <source>nothing of it was recorded</source>
        <translation>nichts davon wurde aufgezeichnet</translation>
    </message>
    <message>
        <source>incoming</source>
        <translation>eingehend</translation>
    </message>
    <message>
        <source>outgoing</source>
        <translation>ausgehend</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>1 note</source>
        <translation>1 Notiz</translation>
    </message>
    <message>
        <source>{count} notes</source>
        <translation>{count} Notizen</translation>
    </message>
    <message>
        <source>ddd d MMM yyyy</source>
        <translation>ddd d. MMM yyyy</translation>
    </message>
    <message>
        <source>1 recording</source>
        <translation>1 Aufnahme</translation>
    </message>
    <message>
        <source>{count} recordings</source>
        <translation>{count} Aufnahmen</translation>
    </message>
    <message>
        <source>played</source>
        <translation>abgespielt</translation>
    </message>
    <message>
        <source>exported</source>
        <translation>exportiert</translation>
    </message>
    <message>
        <source>By hand and automatic</source>
        <translation>Von Hand und automatisch</translation>
    </message>
    <message>
        <source>Only by hand</source>
        <translation>Nur von Hand</translation>
    </message>
    <message>
        <source>Only automatic</source>
        <translation>Nur automatische</translation>
    </message>
    <message>
        <source>Search the recordings …</source>
        <translation>Aufnahmen durchsuchen …</translation>
    </message>
    <message>
        <source>Search the recordings</source>
        <translation>Aufnahmen durchsuchen</translation>
    </message>
    <message>
        <source>More filters</source>
        <translation>Weitere Filter</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>In</source>
        <translation>Eingang</translation>
    </message>
    <message>
        <source>Incoming calls</source>
        <translation>Eingehende Anrufe</translation>
    </message>
    <message>
        <source>Out</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>Outgoing calls</source>
        <translation>Ausgehende Anrufe</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Gelöscht</translation>
    </message>
    <message>
        <source>Recently deleted</source>
        <translation>Kürzlich gelöscht</translation>
    </message>
    <message>
        <source>Remove these filters</source>
        <translation>Diese Filter entfernen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Nochmals versuchen</translation>
    </message>
    <message>
        <source>Recordings, newest first</source>
        <translation>Aufnahmen, neueste zuerst</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
    <message>
        <source>Ten seconds back (J)</source>
        <translation>Zehn Sekunden zurück (J)</translation>
    </message>
    <message>
        <source>Play (Space)</source>
        <translation>Abspielen (Leertaste)</translation>
    </message>
    <message>
        <source>Ten seconds on (L)</source>
        <translation>Zehn Sekunden weiter (L)</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Speed; the voices stay as high as they are</source>
        <translation>Tempo; die Tonhöhe bleibt</translation>
    </message>
    <message>
        <source>Notes, by their moments</source>
        <translation>Notizen, nach Zeitpunkt</translation>
    </message>
    <message>
        <source>Note at this moment …</source>
        <translation>Notiz zu diesem Moment …</translation>
    </message>
    <message>
        <source>Note at this moment</source>
        <translation>Notiz zu diesem Moment</translation>
    </message>
    <message>
        <source>Put the note at this moment (Enter)</source>
        <translation>Notiz zu diesem Moment setzen (Enter)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>RecordingsFilterBar</name>
    <message>
        <source>Only the recording of one call</source>
        <translation>Nur die Aufnahme eines Anrufs</translation>
    </message>
    <message>
        <source>Only with {name}</source>
        <translation>Nur mit {name}</translation>
    </message>
</context>
<context>
    <name>RecordingsPanel</name>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Play (Enter)</source>
        <translation>Abspielen (Enter)</translation>
    </message>
    <message>
        <source>Export as FLAC (Ctrl+S)</source>
        <translation>Als FLAC exportieren (Ctrl+S)</translation>
    </message>
    <message>
        <source>Who has listened</source>
        <translation>Wer hat gehört</translation>
    </message>
    <message>
        <source>Delete (Del)</source>
        <translation>Löschen (Del)</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>Zurückholen</translation>
    </message>
    <message>
        <source>No line to the server: these recordings are as of {time}.</source>
        <translation>Keine Verbindung zum Server: Diese Aufnahmen sind von {time}.</translation>
    </message>
    <message>
        <source>They are gone for good after {days} days.</source>
        <translation>Nach {days} Tagen sind sie endgültig weg.</translation>
    </message>
    <message>
        <source>Your recordings appear here as soon as you are signed in.</source>
        <translation>Ihre Aufnahmen erscheinen hier, sobald Sie angemeldet sind.</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>No line to the server: your recordings appear as soon as it is back.</source>
        <translation>Keine Verbindung zum Server: Ihre Aufnahmen erscheinen, sobald sie wieder da ist.</translation>
    </message>
    <message>
        <source>This server cannot record. Your administrator brings it up to date.</source>
        <translation>Dieser Server kann nicht aufnehmen. Ihr Administrator bringt ihn auf den neuesten Stand.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Nochmals versuchen</translation>
    </message>
    <message>
        <source>Your recordings are being fetched …</source>
        <translation>Ihre Aufnahmen werden geholt …</translation>
    </message>
    <message>
        <source>Nothing was deleted lately.</source>
        <translation>In letzter Zeit wurde nichts gelöscht.</translation>
    </message>
    <message>
        <source>No recording fits.</source>
        <translation>Keine Aufnahme passt.</translation>
    </message>
    <message>
        <source>Show everything</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>This server is not set up to record calls.</source>
        <translation>Dieser Server ist nicht für Aufnahmen eingerichtet.</translation>
    </message>
    <message>
        <source>You lack the right to record calls. Your administrator can give it to you.</source>
        <translation>Ihnen fehlt das Recht, Gespräche aufzunehmen. Ihr Administrator kann es Ihnen geben.</translation>
    </message>
    <message>
        <source>No recordings yet. The red dot on a call&apos;s card, or Ctrl+R, records it.</source>
        <translation>Noch keine Aufnahmen. Der rote Punkt auf der Karte eines Gesprächs oder Ctrl+R nimmt es auf.</translation>
    </message>
</context>
<context>
    <name>RingGroups</name>
    <message>
        <source>{group}: logged in</source>
        <translation>{group}: angemeldet</translation>
    </message>
    <message>
        <source>{group}: logged out</source>
        <translation>{group}: abgemeldet</translation>
    </message>
    <message>
        <source>Groups: logged in to {count} of {all}</source>
        <translation>Gruppen: in {count} von {all} angemeldet</translation>
    </message>
    <message>
        <source>Choose a group to log in to it, or out of it (Ctrl+G).</source>
        <translation>Wählen Sie eine Gruppe, um sich dort an- oder abzumelden (Ctrl+G).</translation>
    </message>
    <message>
        <source>{count} waiting, longest {time}</source>
        <translation>{count} warten, längste Zeit {time}</translation>
    </message>
    <message>
        <source>Calls to {group} ({number}) ring at yours. Press to log out.</source>
        <translation>Anrufe an {group} ({number}) läuten bei Ihnen. Drücken Sie, um sich abzumelden.</translation>
    </message>
    <message>
        <source>Calls to {group} ({number}) do not ring at yours. Press to log in.</source>
        <translation>Anrufe an {group} ({number}) läuten nicht bei Ihnen. Drücken Sie, um sich anzumelden.</translation>
    </message>
    <message>
        <source>At a desk phone: {code}</source>
        <translation>Am Tischtelefon: {code}</translation>
    </message>
    <message>
        <source>as of {time}</source>
        <translation>Stand {time}</translation>
    </message>
</context>
<context>
    <name>RingingRow</name>
    <message>
        <source>Pick up</source>
        <translation>Holen</translation>
    </message>
    <message>
        <source>Caller not shown</source>
        <translation>Anrufer nicht sichtbar</translation>
    </message>
    <message>
        <source>Unknown caller</source>
        <translation>Unbekannter Anrufer</translation>
    </message>
    <message>
        <source>{name} has answered</source>
        <translation>{name} hat angenommen</translation>
    </message>
    <message>
        <source>taken by {name}</source>
        <translation>übernommen von {name}</translation>
    </message>
    <message>
        <source>your phone takes it …</source>
        <translation>kommt auf Ihr Telefon …</translation>
    </message>
    <message>
        <source>{name} takes it …</source>
        <translation>{name} holt ihn …</translation>
    </message>
    <message>
        <source>Somebody in the team has answered</source>
        <translation>Jemand im Team hat angenommen</translation>
    </message>
    <message>
        <source>taken by somebody in the team</source>
        <translation>übernommen von jemandem im Team</translation>
    </message>
    <message>
        <source>for {called}</source>
        <translation>für {called}</translation>
    </message>
    <message>
        <source>as of {time}</source>
        <translation>Stand {time}</translation>
    </message>
    <message>
        <source>Pick up: {call}</source>
        <translation>Heranholen: {call}</translation>
    </message>
</context>
<context>
    <name>RingingStrip</name>
    <message>
        <source>Ringing now</source>
        <translation>Läutet gerade</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schliessen</translation>
    </message>
    <message>
        <source>You cannot pick up calls of {name}.</source>
        <translation>Anrufe für {name} können Sie nicht heranholen.</translation>
    </message>
    <message>
        <source>Somebody else</source>
        <translation>Jemand anders</translation>
    </message>
    <message>
        <source>{name} was faster.</source>
        <translation>{name} war schneller.</translation>
    </message>
    <message>
        <source>It does not ring any more.</source>
        <translation>Es läutet nicht mehr.</translation>
    </message>
    <message>
        <source>None of your phones took the call. It still rings there.</source>
        <translation>Keines Ihrer Telefone hat den Anruf angenommen. Er läutet dort weiter.</translation>
    </message>
    <message>
        <source>as of {time}</source>
        <translation>Stand {time}</translation>
    </message>
    <message>
        <source>F9 takes the first</source>
        <translation>F9 holt den ersten</translation>
    </message>
</context>
<context>
    <name>SendOnButton</name>
    <message>
        <source>Send the caller on</source>
        <translation>Anrufer weiterleiten</translation>
    </message>
    <message>
        <source>To somebody else … (Ctrl+Shift+T)</source>
        <translation>Zu jemand anderem … (Ctrl+Shift+T)</translation>
    </message>
    <message>
        <source>To my voicemail (Shift+F6)</source>
        <translation>Auf meinen Anrufbeantworter (Shift+F6)</translation>
    </message>
</context>
<context>
    <name>SettingsWindow</name>
    <message>
        <source>Sound</source>
        <translation>Ton</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>Hot-keys</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>E-mail</source>
        <translation>E-Mail</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>&amp;Microphone</source>
        <translation>&amp;Mikrofon</translation>
    </message>
    <message>
        <source>S&amp;peaker</source>
        <translation>&amp;Lautsprecher</translation>
    </message>
    <message>
        <source>Second m&amp;icrophone</source>
        <translation>Zweites M&amp;ikrofon</translation>
    </message>
    <message>
        <source>Second sp&amp;eaker</source>
        <translation>Zw&amp;eiter Lautsprecher</translation>
    </message>
    <message>
        <source>Used while the first ones are not plugged in.</source>
        <translation>Gelten, solange die ersten nicht eingesteckt sind.</translation>
    </message>
    <message>
        <source>&amp;Ring on</source>
        <translation>Läu&amp;ten auf</translation>
    </message>
    <message>
        <source>A speaker rings although the headset hangs on its hook.</source>
        <translation>Ein Lautsprecher läutet auch dann, wenn das Headset am Haken hängt.</translation>
    </message>
    <message>
        <source>Search again</source>
        <translation>Neu suchen</translation>
    </message>
    <message>
        <source>Search for microphones and speakers anew.</source>
        <translation>Mikrofone und Lautsprecher neu suchen.</translation>
    </message>
    <message>
        <source>Try it out</source>
        <translation>Ausprobieren</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Sie</translation>
    </message>
    <message>
        <source>Level of the microphone</source>
        <translation>Pegel des Mikrofons</translation>
    </message>
    <message>
        <source>The others</source>
        <translation>Die anderen</translation>
    </message>
    <message>
        <source>Level of the speaker</source>
        <translation>Pegel des Lautsprechers</translation>
    </message>
    <message>
        <source>Play a test tone</source>
        <translation>Prüfton abspielen</translation>
    </message>
    <message>
        <source>Call the echo test</source>
        <translation>Echotest anrufen</translation>
    </message>
    <message>
        <source>Calls 801, which repeats what you say.</source>
        <translation>Ruft die 801 an, die wiederholt, was Sie sagen.</translation>
    </message>
    <message>
        <source>Reachability</source>
        <translation>Erreichbarkeit</translation>
    </message>
    <message>
        <source>Forward calls …</source>
        <translation>Anrufe umleiten …</translation>
    </message>
    <message>
        <source>My presence history</source>
        <translation>Verlauf meiner Präsenz</translation>
    </message>
    <message>
        <source>Conferences …</source>
        <translation>Konferenzen …</translation>
    </message>
    <message>
        <source>Missed calls by e-mail</source>
        <translation>Verpasste Anrufe per E-Mail</translation>
    </message>
    <message>
        <source>Recording of my calls</source>
        <translation>Aufnahme meiner Anrufe</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>Abmelden</translation>
    </message>
    <message>
        <source>Keys that work in every program, whatever window has the keyboard.</source>
        <translation>Tasten, die in jedem Programm gelten, welches Fenster auch die Tastatur hat.</translation>
    </message>
    <message>
        <source>A call can open a page of your own choice, for instance the caller&apos;s entry in your customer register. Addresses begin with https://, http:// or mailto:.</source>
        <translation>Ein Anruf kann eine Seite Ihrer Wahl öffnen, zum Beispiel den Eintrag des Anrufers in Ihrer Kundenkartei. Adressen beginnen mit https://, http:// oder mailto:.</translation>
    </message>
    <message>
        <source>How the server sends e-mails: missed calls, and invitations to conferences.</source>
        <translation>Wie der Server E-Mails sendet: verpasste Anrufe und Einladungen zu Konferenzen.</translation>
    </message>
    <message>
        <source>Mail server</source>
        <translation>Mailserver</translation>
    </message>
    <message>
        <source>Encryption</source>
        <translation>Verschlüsselung</translation>
    </message>
    <message>
        <source>Sender</source>
        <translation>Absender</translation>
    </message>
    <message>
        <source>Signed in as</source>
        <translation>Angemeldet als</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartend</translation>
    </message>
    <message>
        <source>Not sent</source>
        <translation>Nicht gesendet</translation>
    </message>
    <message>
        <source>Last failure</source>
        <translation>Letzter Fehler</translation>
    </message>
    <message>
        <source>These settings stand in the server&apos;s settings file (table mail), and are changed there.</source>
        <translation>Diese Einstellungen stehen in der Einstellungsdatei des Servers (Tabelle mail) und werden dort geändert.</translation>
    </message>
    <message>
        <source>Send a &amp;test to</source>
        <translation>Einen &amp;Test senden an</translation>
    </message>
    <message>
        <source>E-mail address …</source>
        <translation>E-Mail-Adresse …</translation>
    </message>
    <message>
        <source>Send test</source>
        <translation>Test senden</translation>
    </message>
    <message>
        <source>The mail server is asked. This takes a minute at most.</source>
        <translation>Der Mailserver wird gefragt. Das dauert höchstens eine Minute.</translation>
    </message>
</context>
<context>
    <name>ShownChoice</name>
    <message>
        <source>from: usual</source>
        <translation>von: üblich</translation>
    </message>
    <message>
        <source>no number</source>
        <translation>anonym</translation>
    </message>
    <message>
        <source>Number shown to the next person you call: {number}</source>
        <translation>Nummer, die der Nächste sieht, den Sie anrufen: {number}</translation>
    </message>
    <message>
        <source>Show no number</source>
        <translation>Keine Nummer zeigen</translation>
    </message>
    <message>
        <source>Always show the usual number to {number}</source>
        <translation>Für {number} immer die übliche Nummer zeigen</translation>
    </message>
    <message>
        <source>Always show this to {number}</source>
        <translation>Für {number} immer das zeigen</translation>
    </message>
    <message>
        <source>{number} (usual)</source>
        <translation>{number} (üblich)</translation>
    </message>
    <message>
        <source>The usual number</source>
        <translation>Die übliche Nummer</translation>
    </message>
    <message>
        <source>from {number}</source>
        <translation>von {number}</translation>
    </message>
</context>
<context>
    <name>SignIn</name>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>With the user name and the CTI password that your administrator gave you.</source>
        <translation>Mit dem Benutzernamen und dem CTI-Passwort, die Sie von Ihrem Administrator haben.</translation>
    </message>
    <message>
        <source>Move here</source>
        <translation>Hierher wechseln</translation>
    </message>
    <message>
        <source>&amp;Server</source>
        <translation>&amp;Server</translation>
    </message>
    <message>
        <source>&amp;User name</source>
        <translation>&amp;Benutzername</translation>
    </message>
    <message>
        <source>&amp;Password</source>
        <translation>&amp;Passwort</translation>
    </message>
    <message>
        <source>Stay signed in on this PC</source>
        <translation>Auf diesem PC angemeldet bleiben</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Erweitert</translation>
    </message>
    <message>
        <source>&amp;Certificate authority (PEM file)</source>
        <translation>&amp;Zertifizierungsstelle (PEM-Datei)</translation>
    </message>
    <message>
        <source>Choose …</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>SignInDialog</name>
    <message>
        <source>A server is a name or an address, perhaps with :port behind it.</source>
        <translation>Ein Server ist ein Name oder eine Adresse, allenfalls mit :Port dahinter.</translation>
    </message>
    <message>
        <source>A user name holds letters without accents, digits, - and _ only.</source>
        <translation>Ein Benutzername enthält nur Buchstaben ohne Akzente, Ziffern, - und _.</translation>
    </message>
    <message>
        <source>Signing in …</source>
        <translation>Meldet an …</translation>
    </message>
    <message>
        <source>Certificate authority</source>
        <translation>Zertifizierungsstelle</translation>
    </message>
</context>
<context>
    <name>SoundPage</name>
    <message>
        <source>None</source>
        <translation>Kein Gerät</translation>
    </message>
    <message>
        <source>The system&apos;s choice</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>{device} (not plugged in)</source>
        <translation>{device} (nicht eingesteckt)</translation>
    </message>
    <message>
        <source>The choice counts now, but cannot be stored for the next start.</source>
        <translation>Die Wahl gilt jetzt, lässt sich aber nicht für den nächsten Start speichern.</translation>
    </message>
    <message>
        <source>This PBX has no echo test.</source>
        <translation>Diese Telefonanlage hat keinen Echotest.</translation>
    </message>
</context>
<context>
    <name>SourceMenu</name>
    <message>
        <source>Add to the phone book …</source>
        <translation>Ins Telefonbuch aufnehmen …</translation>
    </message>
</context>
<context>
    <name>Sources</name>
    <message>
        <source>searching …</source>
        <translation>wird durchsucht …</translation>
    </message>
    <message>
        <source>not up to date</source>
        <translation>nicht aktuell</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>antwortet nicht</translation>
    </message>
    <message>
        <source>refuses our server</source>
        <translation>weist unseren Server ab</translation>
    </message>
    <message>
        <source>answers wrongly</source>
        <translation>antwortet fehlerhaft</translation>
    </message>
    <message>
        <source>cannot be reached</source>
        <translation>nicht erreichbar</translation>
    </message>
    <message>
        <source>nothing found</source>
        <translation>nichts gefunden</translation>
    </message>
    <message>
        <source>there are more</source>
        <translation>es gibt mehr</translation>
    </message>
</context>
<context>
    <name>SourcesList</name>
    <message>
        <source>Found in other sources</source>
        <translation>In weiteren Quellen gefunden</translation>
    </message>
</context>
<context>
    <name>Switches</name>
    <message>
        <source>Switches: all off</source>
        <translation>Schalter: alle aus</translation>
    </message>
    <message>
        <source>On: {switches}</source>
        <translation>Ein: {switches}</translation>
    </message>
    <message>
        <source>Press to switch something on or off (Ctrl+Shift+G).</source>
        <translation>Drücken Sie, um etwas ein- oder auszuschalten (Ctrl+Shift+G).</translation>
    </message>
    <message>
        <source>as of {time}</source>
        <translation>Stand {time}</translation>
    </message>
    <message>
        <source>{switch}: on since {time}, by {name}</source>
        <translation>{switch}: ein seit {time}, von {name}</translation>
    </message>
    <message>
        <source>At a desk phone: {code}</source>
        <translation>Am Tischtelefon: {code}</translation>
    </message>
    <message>
        <source>the administrator</source>
        <translation>Administrator</translation>
    </message>
</context>
<context>
    <name>TransferBar</name>
    <message>
        <source>Enter sends the caller to {whom}</source>
        <translation>Enter leitet den Anrufer weiter zu {whom}</translation>
    </message>
    <message>
        <source>Enter calls {whom} first</source>
        <translation>Enter ruft zuerst {whom} an</translation>
    </message>
    <message>
        <source>Being transferred to {name} …</source>
        <translation>Wird mit {name} verbunden …</translation>
    </message>
    <message>
        <source>Transfer to {name}?</source>
        <translation>Mit {name} verbinden?</translation>
    </message>
    <message>
        <source>Send on</source>
        <translation>Weiterleiten</translation>
    </message>
    <message>
        <source>Call first</source>
        <translation>Rückfrage</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Transfer now</source>
        <translation>Gleich verbinden</translation>
    </message>
    <message>
        <source>Without talking before (Ctrl+Enter)</source>
        <translation>Ohne vorher zu sprechen (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>Do not send on (Esc)</source>
        <translation>Nicht weiterleiten (Esc)</translation>
    </message>
    <message>
        <source>Do not transfer (Esc)</source>
        <translation>Nicht verbinden (Esc)</translation>
    </message>
    <message>
        <source>Transfer</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Connect the two (Ctrl+T)</source>
        <translation>Die beiden verbinden (Ctrl+T)</translation>
    </message>
    <message>
        <source>Swap</source>
        <translation>Makeln</translation>
    </message>
    <message>
        <source>Talk to the other one (Ctrl+E)</source>
        <translation>Mit dem anderen sprechen (Ctrl+E)</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>End this call and take the first one back (Ctrl+B)</source>
        <translation>Diesen Anruf beenden und den ersten zurückholen (Ctrl+B)</translation>
    </message>
</context>
<context>
    <name>TransferField</name>
    <message>
        <source>Name or number</source>
        <translation>Name oder Nummer</translation>
    </message>
    <message>
        <source>Name or number …</source>
        <translation>Name oder Nummer …</translation>
    </message>
</context>
<context>
    <name>Transfers</name>
    <message>
        <source>{name} did not get the call: it is with you again. {why}</source>
        <translation>{name} hat den Anruf nicht übernommen: Er ist wieder bei Ihnen. {why}</translation>
    </message>
    <message>
        <source>Neither a number nor a name that is known.</source>
        <translation>Weder eine Nummer noch ein bekannter Name.</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Show the window</source>
        <translation>Fenster zeigen</translation>
    </message>
    <message>
        <source>End wwphone</source>
        <translation>wwphone beenden</translation>
    </message>
    <message>
        <source>a call is being recorded</source>
        <translation>ein Gespräch wird aufgenommen</translation>
    </message>
    <message>
        <source>wwphone · not connected</source>
        <translation>wwphone · nicht verbunden</translation>
    </message>
    <message>
        <source>Unknown caller</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>{name} called at {time}</source>
        <translation>{name} hat um {time} angerufen</translation>
    </message>
    <message>
        <source>Missed call</source>
        <translation>Verpasster Anruf</translation>
    </message>
</context>
<context>
    <name>Waiting</name>
    <message>
        <source>Somebody else</source>
        <translation>Jemand anders</translation>
    </message>
    <message>
        <source>{name} was faster.</source>
        <translation>{name} war schneller.</translation>
    </message>
    <message>
        <source>Nobody waits there any more.</source>
        <translation>Dort wartet niemand mehr.</translation>
    </message>
    <message>
        <source>None of your phones took the call. The caller still waits.</source>
        <translation>Keines Ihrer Telefone hat den Anruf angenommen. Der Anrufer wartet noch.</translation>
    </message>
</context>
<context>
    <name>WaitingRow</name>
    <message>
        <source>Take next</source>
        <translation>Nächsten holen</translation>
    </message>
    <message>
        <source>Take the next caller of {group}</source>
        <translation>Den nächsten Anrufer von {group} holen</translation>
    </message>
    <message>
        <source>At a desk phone: {code}</source>
        <translation>Am Tischtelefon: {code}</translation>
    </message>
    <message numerus="yes">
        <source>%n waiting</source>
        <translation>
            <numerusform>%n wartet</numerusform>
            <numerusform>%n warten</numerusform>
        </translation>
    </message>
    <message>
        <source>A colleague takes the call</source>
        <translation>Jemand holt den Anruf gerade</translation>
    </message>
    <message>
        <source>Unknown caller</source>
        <translation>Unbekannter Anrufer</translation>
    </message>
    <message>
        <source>Next: {name}</source>
        <translation>Nächster: {name}</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>back at {time}</source>
        <translation>zurück um {time}</translation>
    </message>
    <message>
        <source>Do not disturb</source>
        <translation>Nicht stören</translation>
    </message>
    <message>
        <source>Telephone service</source>
        <translation>Telefondienst</translation>
    </message>
    <message>
        <source>Available</source>
        <translation>Verfügbar</translation>
    </message>
    <message>
        <source>Be right back</source>
        <translation>Bin gleich zurück</translation>
    </message>
    <message>
        <source>Direct number only</source>
        <translation>Nur Direktnummer</translation>
    </message>
    <message>
        <source>Internal only</source>
        <translation>Nur intern</translation>
    </message>
    <message>
        <source>Unavailable</source>
        <translation>Nicht verfügbar</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>no phone</source>
        <translation>kein Telefon</translation>
    </message>
    <message>
        <source>free</source>
        <translation>frei</translation>
    </message>
    <message>
        <source>ringing</source>
        <translation>läutet</translation>
    </message>
    <message>
        <source>busy</source>
        <translation>besetzt</translation>
    </message>
    <message>
        <source>dialling …</source>
        <translation>wählt …</translation>
    </message>
    <message>
        <source>rings there</source>
        <translation>läutet dort</translation>
    </message>
    <message>
        <source>calls you</source>
        <translation>ruft an</translation>
    </message>
    <message>
        <source>talking</source>
        <translation>im Gespräch</translation>
    </message>
    <message>
        <source>on hold</source>
        <translation>gehalten</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>beendet</translation>
    </message>
    <message>
        <source>internal call</source>
        <translation>interner Anruf</translation>
    </message>
    <message>
        <source>call from outside</source>
        <translation>Anruf von aussen</translation>
    </message>
    <message>
        <source>group call</source>
        <translation>Gruppenanruf</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>Immer</translation>
    </message>
    <message>
        <source>No device</source>
        <translation>Kein Gerät</translation>
    </message>
    <message>
        <source>Busy</source>
        <translation>Besetzt</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Keine Antwort</translation>
    </message>
    <message>
        <source>Office</source>
        <translation>Geschäft</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>Mobil</translation>
    </message>
    <message>
        <source>Private</source>
        <translation>Privat</translation>
    </message>
    <message>
        <source>Softphone</source>
        <translation>Softphone</translation>
    </message>
    <message>
        <source>Desk phone</source>
        <translation>Tischtelefon</translation>
    </message>
    <message>
        <source>Flexible</source>
        <translation>Flexibel</translation>
    </message>
    <message>
        <source>good line</source>
        <translation>gute Leitung</translation>
    </message>
    <message>
        <source>fair line</source>
        <translation>mässige Leitung</translation>
    </message>
    <message>
        <source>poor line</source>
        <translation>schlechte Leitung</translation>
    </message>
    <message>
        <source>does not answer yet</source>
        <translation>nimmt noch nicht ab</translation>
    </message>
    <message>
        <source>is in a call</source>
        <translation>telefoniert</translation>
    </message>
    <message>
        <source>asks not to be called</source>
        <translation>möchte keine Anrufe</translation>
    </message>
    <message>
        <source>is offline</source>
        <translation>ist offline</translation>
    </message>
    <message>
        <source>Only direct calls ring.</source>
        <translation>Nur Direktanrufe läuten.</translation>
    </message>
    <message>
        <source>Only group calls ring.</source>
        <translation>Nur Gruppenanrufe läuten.</translation>
    </message>
    <message>
        <source>Internal and group calls ring, direct calls do not.</source>
        <translation>Interne Anrufe und Gruppenanrufe läuten, Direktanrufe nicht.</translation>
    </message>
    <message>
        <source>Direct and group calls ring, internal calls do not.</source>
        <translation>Direkt- und Gruppenanrufe läuten, interne Anrufe nicht.</translation>
    </message>
    <message>
        <source>You hung up.</source>
        <translation>Sie haben aufgelegt.</translation>
    </message>
    <message>
        <source>The other side hung up.</source>
        <translation>Die Gegenseite hat aufgelegt.</translation>
    </message>
    <message>
        <source>You ended the call before anybody answered.</source>
        <translation>Sie haben aufgelegt, bevor jemand antwortete.</translation>
    </message>
    <message>
        <source>Missed: the caller hung up.</source>
        <translation>Verpasst: Der Anrufer hat aufgelegt.</translation>
    </message>
    <message>
        <source>You declined the call.</source>
        <translation>Sie haben den Anruf abgelehnt.</translation>
    </message>
    <message>
        <source>The call was declined.</source>
        <translation>Der Anruf wurde abgelehnt.</translation>
    </message>
    <message>
        <source>Answered on another device.</source>
        <translation>Auf einem anderen Gerät angenommen.</translation>
    </message>
    <message>
        <source>Busy. Try again in a moment.</source>
        <translation>Besetzt. Versuchen Sie es in einem Moment nochmals.</translation>
    </message>
    <message>
        <source>Nobody answered.</source>
        <translation>Niemand hat geantwortet.</translation>
    </message>
    <message>
        <source>This number does not exist. Check what you dialled.</source>
        <translation>Diese Nummer gibt es nicht. Prüfen Sie, was Sie gewählt haben.</translation>
    </message>
    <message>
        <source>No phone of this number is switched on at the moment.</source>
        <translation>Zu dieser Nummer ist im Moment kein Telefon eingeschaltet.</translation>
    </message>
    <message>
        <source>The PBX does not allow you to call this number.</source>
        <translation>Die Telefonanlage lässt Sie diese Nummer nicht anrufen.</translation>
    </message>
    <message>
        <source>The two phones have no way of speech in common.</source>
        <translation>Die beiden Telefone haben kein gemeinsames Sprachformat.</translation>
    </message>
    <message>
        <source>The PBX&apos;s certificate is not trusted, so nothing was sent. Tell your administrator.</source>
        <translation>Dem Zertifikat der Telefonanlage wird nicht vertraut, darum wurde nichts gesendet. Melden Sie es Ihrem Administrator.</translation>
    </message>
    <message>
        <source>The PBX does not answer. It is tried again by itself.</source>
        <translation>Die Telefonanlage antwortet nicht. Es wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>Parked.</source>
        <translation>Geparkt.</translation>
    </message>
    <message>
        <source>You transferred the call.</source>
        <translation>Sie haben den Anruf verbunden.</translation>
    </message>
    <message>
        <source>You sent the caller on.</source>
        <translation>Sie haben den Anrufer weitergeleitet.</translation>
    </message>
    <message>
        <source>Goes on at your other device.</source>
        <translation>Läuft auf Ihrem anderen Gerät weiter.</translation>
    </message>
    <message>
        <source>The call is over.</source>
        <translation>Das Gespräch ist beendet.</translation>
    </message>
    <message>
        <source>The line broke: nothing was heard of the other side any more.</source>
        <translation>Die Verbindung ist abgerissen: Von der Gegenseite kam nichts mehr.</translation>
    </message>
    <message>
        <source>The call failed.</source>
        <translation>Der Anruf ist gescheitert.</translation>
    </message>
    <message>
        <source>You cannot call yet: this PC is not registered with the PBX.</source>
        <translation>Sie können noch nicht anrufen: Dieser PC ist nicht an der Telefonanlage registriert.</translation>
    </message>
    <message>
        <source>There is no desk phone of yours to call with. Switch it on, or choose another mode.</source>
        <translation>Kein Tischtelefon von Ihnen ist da, um damit anzurufen. Schalten Sie es ein, oder wählen Sie einen anderen Modus.</translation>
    </message>
    <message>
        <source>The desk phone cannot be steered at the moment. Dial at the phone itself.</source>
        <translation>Das Tischtelefon lässt sich im Augenblick nicht steuern. Wählen Sie am Telefon selbst.</translation>
    </message>
    <message>
        <source>This desk phone does not answer when it is told to. Lift the receiver.</source>
        <translation>Dieses Tischtelefon nimmt auf Befehl nicht ab. Heben Sie den Hörer ab.</translation>
    </message>
    <message>
        <source>The call was held with the key of the desk phone. Resume it there.</source>
        <translation>Der Anruf wurde mit der Taste des Tischtelefons gehalten. Nehmen Sie ihn dort zurück.</translation>
    </message>
    <message>
        <source>There are too many calls. End one of them first.</source>
        <translation>Es sind zu viele Gespräche. Beenden Sie zuerst eines davon.</translation>
    </message>
    <message>
        <source>This PC does not ring: it is not registered.</source>
        <translation>Dieser PC läutet nicht: Er ist nicht registriert.</translation>
    </message>
    <message>
        <source>This PC is being registered with the PBX.</source>
        <translation>Dieser PC wird an der Telefonanlage registriert.</translation>
    </message>
    <message>
        <source>Calls reach this PC.</source>
        <translation>Anrufe erreichen diesen PC.</translation>
    </message>
    <message>
        <source>The PBX refused to register this PC, so it does not ring. Sign in again or ask your administrator.</source>
        <translation>Die Telefonanlage hat diesen PC nicht registriert, darum läutet er nicht. Melden Sie sich neu an oder fragen Sie Ihren Administrator.</translation>
    </message>
    <message>
        <source>The PBX does not answer, so this PC does not ring. It is tried again by itself.</source>
        <translation>Die Telefonanlage antwortet nicht, darum läutet dieser PC nicht. Es wird von selbst wieder versucht.</translation>
    </message>
    <message>
        <source>The PBX&apos;s certificate is not trusted, so this PC was not registered. Tell your administrator.</source>
        <translation>Dem Zertifikat der Telefonanlage wird nicht vertraut, darum wurde dieser PC nicht registriert. Melden Sie es Ihrem Administrator.</translation>
    </message>
    <message>
        <source>Three devices are registered already, so this PC does not ring. Sign one of them out first.</source>
        <translation>Drei Geräte sind bereits registriert, darum läutet dieser PC nicht. Melden Sie zuerst eines davon ab.</translation>
    </message>
    <message>
        <source>This is no address: it begins with https:// and holds no blanks.</source>
        <translation>Das ist keine Adresse: Sie beginnt mit https:// und enthält keine Leerzeichen.</translation>
    </message>
    <message>
        <source>Only https, http and mailto can be opened.</source>
        <translation>Öffnen lassen sich nur https, http und mailto.</translation>
    </message>
    <message>
        <source>Between // and the next / stands a server&apos;s name, without user and password.</source>
        <translation>Zwischen // und dem nächsten / steht der Name eines Servers, ohne Benutzer und Passwort.</translation>
    </message>
    <message>
        <source>Between &lt; and &gt; stands something that is no placeholder.</source>
        <translation>Zwischen &lt; und &gt; steht etwas, das kein Platzhalter ist.</translation>
    </message>
    <message>
        <source>A placeholder cannot stand here: callers could choose where the address leads. Put it after the server&apos;s name, or in subject or body of a mail.</source>
        <translation>Hier kann kein Platzhalter stehen: Anrufer könnten bestimmen, wohin die Adresse führt. Setzen Sie ihn hinter den Namen des Servers oder in Betreff (subject) oder Text (body) einer E-Mail.</translation>
    </message>
    <message>
        <source>This address is too long.</source>
        <translation>Diese Adresse ist zu lang.</translation>
    </message>
    <message>
        <source>Another program has these keys. Choose others, or free them there.</source>
        <translation>Diese Tasten hat ein anderes Programm. Wählen Sie andere, oder geben Sie sie dort frei.</translation>
    </message>
    <message>
        <source>These keys are chosen for another action already.</source>
        <translation>Diese Tasten sind schon für etwas anderes gewählt.</translation>
    </message>
    <message>
        <source>This keyboard has no such key.</source>
        <translation>Diese Tastatur hat keine solche Taste.</translation>
    </message>
    <message>
        <source>This key is needed for writing. Press Ctrl, Alt or the Windows key with it.</source>
        <translation>Diese Taste wird zum Schreiben gebraucht. Drücken Sie Ctrl, Alt oder die Windows-Taste dazu.</translation>
    </message>
    <message>
        <source>This desktop (Wayland) keeps hot-keys to itself. In its keyboard settings you can bind keys to the commands: wwphone answer, wwphone hangup, wwphone hold, wwphone mute, wwphone show, wwphone dial-marked.</source>
        <translation>Dieser Desktop (Wayland) behält Tastenkürzel für sich. In seinen Tastatureinstellungen können Sie Tasten mit diesen Befehlen belegen: wwphone answer, wwphone hangup, wwphone hold, wwphone mute, wwphone show, wwphone dial-marked.</translation>
    </message>
    <message>
        <source>On this system wwphone has no hot-keys of its own yet. Where the system can bind keys to commands, use: wwphone answer, wwphone hangup, wwphone hold, wwphone mute, wwphone show, wwphone dial-marked.</source>
        <translation>Auf diesem System hat wwphone noch keine eigenen Tastenkürzel. Wo das System Tasten mit Befehlen belegen kann, verwenden Sie: wwphone answer, wwphone hangup, wwphone hold, wwphone mute, wwphone show, wwphone dial-marked.</translation>
    </message>
    <message>
        <source>Microphone and speaker are ready.</source>
        <translation>Mikrofon und Lautsprecher sind bereit.</translation>
    </message>
    <message>
        <source>This PC has no microphone or speaker: you can use everything but your own voice.</source>
        <translation>Dieser PC hat kein Mikrofon oder keinen Lautsprecher: Alles geht, nur sprechen können Sie nicht.</translation>
    </message>
    <message>
        <source>The sound could not be opened. Calls go on; choose another device in the settings.</source>
        <translation>Der Ton liess sich nicht öffnen. Gespräche laufen weiter; wählen Sie in den Einstellungen ein anderes Gerät.</translation>
    </message>
    <message>
        <source>There is no server of this name. Check how it is written.</source>
        <translation>Einen Server dieses Namens gibt es nicht. Prüfen Sie die Schreibweise.</translation>
    </message>
    <message>
        <source>There is no way to the server. Is this PC on the network?</source>
        <translation>Es führt kein Weg zum Server. Ist dieser PC am Netz?</translation>
    </message>
    <message>
        <source>The machine is there, but no wwphone server answers on this port.</source>
        <translation>Der Rechner ist da, aber auf diesem Port antwortet kein wwphone-Server.</translation>
    </message>
    <message>
        <source>The server did not answer in time.</source>
        <translation>Der Server hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>The line to the server broke.</source>
        <translation>Die Verbindung zum Server ist abgerissen.</translation>
    </message>
    <message>
        <source>The server&apos;s certificate comes from an authority that this PC does not trust. Nothing was sent.</source>
        <translation>Das Zertifikat des Servers stammt von einer Stelle, der dieser PC nicht vertraut. Es wurde nichts gesendet.</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is for another name. Nothing was sent.</source>
        <translation>Das Zertifikat des Servers lautet auf einen anderen Namen. Es wurde nichts gesendet.</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not valid today. Check this PC&apos;s clock, or tell your administrator.</source>
        <translation>Das Zertifikat des Servers ist heute nicht gültig. Prüfen Sie die Uhr dieses PCs oder melden Sie es Ihrem Administrator.</translation>
    </message>
    <message>
        <source>The file with the certificate authority cannot be read.</source>
        <translation>Die Datei mit der Zertifizierungsstelle lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>No encrypted line came about. Is the port right?</source>
        <translation>Es kam keine verschlüsselte Verbindung zustande. Stimmt der Port?</translation>
    </message>
    <message>
        <source>Somebody answers there, but it is no wwphone server.</source>
        <translation>Dort antwortet jemand, aber kein wwphone-Server.</translation>
    </message>
    <message>
        <source>The server sent something that makes no sense.</source>
        <translation>Der Server hat etwas Unverständliches gesendet.</translation>
    </message>
    <message>
        <source>This program and the server do not fit together. One of them needs an update.</source>
        <translation>Dieses Programm und der Server passen nicht zusammen. Eines von beiden muss aktualisiert werden.</translation>
    </message>
    <message>
        <source>The server is being restarted.</source>
        <translation>Der Server wird neu gestartet.</translation>
    </message>
    <message>
        <source>The server refused.</source>
        <translation>Der Server hat abgelehnt.</translation>
    </message>
    <message>
        <source>The server did not understand this program.</source>
        <translation>Der Server hat dieses Programm nicht verstanden.</translation>
    </message>
    <message>
        <source>The server does not know this function yet.</source>
        <translation>Der Server kennt diese Funktion noch nicht.</translation>
    </message>
    <message>
        <source>You are not signed in.</source>
        <translation>Sie sind nicht angemeldet.</translation>
    </message>
    <message>
        <source>User name or password is wrong.</source>
        <translation>Benutzername oder Passwort ist falsch.</translation>
    </message>
    <message>
        <source>Your administrator has not allowed this user to sign in (CTI access).</source>
        <translation>Ihr Administrator hat diesem Benutzer die Anmeldung nicht erlaubt (CTI-Zugang).</translation>
    </message>
    <message>
        <source>Too many wrong passwords came from this PC. Try again later.</source>
        <translation>Von diesem PC kamen zu viele falsche Passwörter. Versuchen Sie es später nochmals.</translation>
    </message>
    <message>
        <source>You are signed in on another PC.</source>
        <translation>Sie sind auf einem anderen PC angemeldet.</translation>
    </message>
    <message>
        <source>You signed in on another PC, so this one was signed out.</source>
        <translation>Sie haben sich auf einem anderen PC angemeldet, darum wurde dieser abgemeldet.</translation>
    </message>
    <message>
        <source>You were signed out. Please sign in again.</source>
        <translation>Sie wurden abgemeldet. Bitte melden Sie sich neu an.</translation>
    </message>
    <message>
        <source>You do not have the right to do this.</source>
        <translation>Dazu haben Sie kein Recht.</translation>
    </message>
    <message>
        <source>It is not there any more.</source>
        <translation>Das gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>The server cannot take this value.</source>
        <translation>Der Server kann diesen Wert nicht annehmen.</translation>
    </message>
    <message>
        <source>Somebody else changed it meanwhile.</source>
        <translation>Jemand anders hat es inzwischen geändert.</translation>
    </message>
    <message>
        <source>The server&apos;s disk is full.</source>
        <translation>Die Festplatte des Servers ist voll.</translation>
    </message>
    <message>
        <source>The server does not reach the PBX at the moment.</source>
        <translation>Der Server erreicht die Telefonanlage im Moment nicht.</translation>
    </message>
    <message>
        <source>The PBX refused.</source>
        <translation>Die Telefonanlage hat abgelehnt.</translation>
    </message>
    <message>
        <source>There is no line to the server; nothing was done.</source>
        <translation>Es besteht keine Verbindung zum Server; es ist nichts geschehen.</translation>
    </message>
    <message>
        <source>The line broke at this moment: perhaps it was done, perhaps not. Please look before you try again.</source>
        <translation>Die Verbindung ist genau jetzt abgerissen: Vielleicht ist es geschehen, vielleicht nicht. Bitte schauen Sie nach, bevor Sie es nochmals versuchen.</translation>
    </message>
    <message>
        <source>This PC was too slow for the server and is connected anew.</source>
        <translation>Dieser PC war zu langsam für den Server und wird neu verbunden.</translation>
    </message>
    <message>
        <source>The server made a mistake. Its log says more.</source>
        <translation>Der Server hat einen Fehler gemacht. Sein Protokoll weiss mehr.</translation>
    </message>
    <message>
        <source>Parked at {slot}</source>
        <translation>Geparkt auf {slot}</translation>
    </message>
    <message>
        <source>Wait {minutes} min.</source>
        <translation>Warten Sie {minutes} min.</translation>
    </message>
    <message>
        <source>{name} was faster.</source>
        <translation>{name} war schneller.</translation>
    </message>
    <message>
        <source>You are signed in on {pc} since {time}. Move here?</source>
        <translation>Sie sind seit {time} auf {pc} angemeldet. Hierher wechseln?</translation>
    </message>
    <message>
        <source>The program is not connected.</source>
        <translation>Das Programm ist nicht verbunden.</translation>
    </message>
    <message>
        <source>No calls ring.</source>
        <translation>Kein Anruf läutet.</translation>
    </message>
    <message>
        <source>All calls ring.</source>
        <translation>Alle Anrufe läuten.</translation>
    </message>
    <message>
        <source>Internal and direct calls ring, group calls do not.</source>
        <translation>Interne und direkte Anrufe läuten, Gruppenanrufe nicht.</translation>
    </message>
    <message>
        <source>Only internal calls ring.</source>
        <translation>Nur interne Anrufe läuten.</translation>
    </message>
</context>
<context>
    <name>_Row</name>
    <message>
        <source>Try it</source>
        <translation>Ausprobieren</translation>
    </message>
    <message>
        <source>Opens nothing.</source>
        <translation>Öffnet nichts.</translation>
    </message>
    <message>
        <source>This computer has no program that opens such an address.</source>
        <translation>Dieser Computer hat kein Programm, das eine solche Adresse öffnet.</translation>
    </message>
    <message>
        <source>Press keys …</source>
        <translation>Tasten drücken …</translation>
    </message>
</context>
</TS>
