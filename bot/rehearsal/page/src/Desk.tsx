// The whole page for one person: bar, people, conversations, the open pane, and the modal above it all.

import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ClockBar } from "./bar/ClockBar";
import { Hint } from "./bar/Hint";
import { Mood, WELL } from "./bar/Mood";
import { TopBar } from "./bar/TopBar";
import { useClock } from "./bar/useClock";
import { useSteps } from "./bar/useSteps";
import { AppHome } from "./chat/AppHome";
import { Conversations } from "./chat/Conversations";
import { MessagesPane } from "./chat/Pane";
import { PaneHead } from "./chat/PaneHead";
import { People } from "./chat/People";
import { time } from "./format/times";
import { namesOf, ReaderContext } from "./live/reader";
import { useDark, usePhone } from "./live/useMedia";
import { usePersonsDesk } from "./live/usePersonsDesk";
import type { Go, Route } from "./live/useRoute";
import { Modal } from "./modal/Modal";
import { texts } from "./texts";
import type { Person, Workspace } from "./types";
import { Loading } from "./ui/States";

interface Props {
  workspace: Workspace;
  reloadWorkspace: () => void;
  person: Person;
  route: Route;
  go: Go;
  become: (id: string, conversation: string | null) => void;
}

export function Desk({ workspace, reloadWorkspace, person, route, go, become }: Props) {
  const { people, bot, commands } = workspace;
  const phone = usePhone();
  const dark = useDark();
  const clock = useClock(workspace.now);
  const steps = useSteps(workspace);
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const desk = usePersonsDesk(person, people, { clock: clock.reload, workspace: reloadWorkspace });
  const { list, views, waiting, live, bell, acted } = desk;

  const all = list.data?.conversations;
  const wanted = all?.find((each) => each.id === route.conversation);
  const app = all?.find((each) => each.kind === "app");
  const shown = wanted ?? (phone ? undefined : app);
  useEffect(() => {
    if (shown && shown.id !== route.conversation) go({ conversation: shown.id }, true);
    if (all && route.conversation && !wanted && phone) go({ conversation: null }, true);
  }, [all, shown, wanted, phone, route.conversation, go]);

  const kept = useRef<string | null>(null);
  kept.current = !phone && shown?.kind === "channel" ? shown.id : null;
  const counts = useRef(waiting);
  counts.current = waiting;
  const choose = useCallback((id: string) => become(id, counts.current[id] ? null : kept.current), [become]);

  const { now } = clock;
  const { tick } = steps;
  const reader = useMemo(
    () => ({
      uid: person.id, zone: person.zone, dark, now, nameOf: namesOf(people, bot),
      acted: (did?: string) => {
        acted();
        tick(did);
      },
    }),
    [person, dark, now, people, bot, acted, tick],
  );

  const unread = (all ?? []).reduce((sum, each) => sum + each.unread, 0);
  useEffect(() => {
    document.title = `${unread ? `(${unread}) ` : ""}${person.name} · ${workspace.company}`;
  }, [unread, person.name, workspace.company]);

  const draftKey = `${person.id}/${shown?.id ?? ""}`;
  return (
    <ReaderContext value={reader}>
      <div className="desk" data-pane={phone ? (shown ? "chat" : "list") : undefined}>
        <TopBar company={workspace.company} time={time(now(), person.zone)} alarm={workspace.faults.mode !== WELL} onHelp={steps.show}>
          <ClockBar clock={clock} onMoved={acted} />
          <Mood workspace={workspace} reload={reloadWorkspace} />
        </TopBar>
        <People people={people} self={person.id} waiting={waiting} onChoose={choose} />
        <Conversations
          company={workspace.company} list={list} current={shown?.id ?? null}
          onChoose={(id) => go({ conversation: id, tab: "messages" })}
        />
        {steps.shown && <Hint steps={steps.texts} done={steps.done} onDismiss={steps.dismiss} />}
        <main className="pane" key={`${person.id}/${shown?.id ?? ""}`}>
          {live.lost && <Lost retry={live.retry} />}
          {!shown && !phone && !list.error && <Loading />}
          {shown && (
            <PaneHead
              conversation={shown} person={person} tab={shown.kind === "app" ? route.tab : "messages"}
              onTab={(tab) => go({ tab })} onBack={() => go({ conversation: null, tab: "messages" })}
            />
          )}
          {shown?.kind === "app" && route.tab === "home" && (
            <AppHome view={views.data?.home ?? null} loaded={views.data !== undefined} reload={views.reload} />
          )}
          {shown && !(shown.kind === "app" && route.tab === "home") && (
            <MessagesPane
              conversation={shown} bot={bot.name} commands={commands} bell={bell} onRead={list.reload} onSent={views.reload}
              barred={person.standing === "deactivated" ? texts.deactivated(person.name) : null}
              draft={drafts[draftKey] ?? ""} onDraft={(text) => setDrafts((before) => ({ ...before, [draftKey]: text }))}
            />
          )}
        </main>
        {views.data?.modal && <Modal key={person.id} view={views.data.modal} reload={views.reload} />}
      </div>
    </ReaderContext>
  );
}

function Lost({ retry }: { retry: () => void }) {
  return (
    <div className="lost" role="alert">
      <span className="spinner-ring" aria-hidden="true" />
      {texts.reconnecting}
      <button type="button" className="link-button" onClick={retry}>{texts.tryNow}</button>
    </div>
  );
}
