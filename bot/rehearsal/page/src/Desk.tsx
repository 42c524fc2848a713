// The whole page for one person: bar, people, conversations, the open pane, and the modal above it all.

import { useCallback, useEffect, useMemo, useRef } from "react";
import { ClockBar } from "./bar/ClockBar";
import { Hint } from "./bar/Hint";
import { Mood, WELL } from "./bar/Mood";
import { TopBar } from "./bar/TopBar";
import { useClock } from "./bar/useClock";
import { useSteps } from "./bar/useSteps";
import { Conversations } from "./chat/Conversations";
import { People } from "./chat/People";
import { time } from "./format/times";
import { namesOf, ReaderContext } from "./live/reader";
import { useDark, usePhone } from "./live/useMedia";
import { usePersonsDesk } from "./live/usePersonsDesk";
import type { Go, Route } from "./live/useRoute";
import { useShown } from "./live/useShown";
import { Middle } from "./Middle";
import { Modal } from "./modal/Modal";
import type { Conversation, Person, Workspace } from "./types";

interface Props {
  workspace: Workspace;
  reloadWorkspace: () => void;
  person: Person;
  route: Route;
  go: Go;
  become: (id: string, conversation: string | null) => void;
}

export function Desk({ workspace, reloadWorkspace, person, route, go, become }: Props) {
  const { people, bot } = workspace;
  const phone = usePhone();
  const dark = useDark();
  const clock = useClock(workspace.now);
  const steps = useSteps(workspace);
  const desk = usePersonsDesk(person, people, { clock: clock.reload, workspace: reloadWorkspace });
  const { list, views, waiting, acted } = desk;
  const all = list.data?.conversations;
  const shown = useShown(all, route, go);
  const choose = useSwitch(shown, waiting, become);
  useTitle(all, person, workspace.company);

  const { now } = clock;
  const { tick } = steps;
  const reader = useMemo(() => {
    const did = (what?: string) => {
      acted();
      tick(what);
    };
    return { uid: person.id, zone: person.zone, dark, now, nameOf: namesOf(people, bot), acted: did };
  }, [person, dark, now, people, bot, acted, tick]);

  return (
    <ReaderContext value={reader}>
      <div className="desk" data-pane={phone ? (shown ? "chat" : "list") : undefined}>
        <TopBar company={workspace.company} time={time(now(), person.zone)} alarm={workspace.faults.mode !== WELL} onHelp={steps.show}>
          <ClockBar clock={clock} onMoved={acted} />
          <Mood workspace={workspace} reload={reloadWorkspace} />
        </TopBar>
        <main className="places">
          <People people={people} self={person.id} waiting={waiting} onChoose={choose} />
          <Conversations
            company={workspace.company} list={list} current={shown?.id ?? null} mailbox={workspace.mailbox}
            onChoose={(id) => go({ conversation: id, tab: "messages" })}
          />
          {steps.shown && <Hint steps={steps.texts} done={steps.done} onDismiss={steps.dismiss} />}
          <Middle workspace={workspace} person={person} shown={shown} desk={desk} tab={route.tab} go={go} />
        </main>
        {views.data?.modal && <Modal key={person.id} view={views.data.modal} reload={views.reload} />}
      </div>
    </ReaderContext>
  );
}

/** Another person sees the same channel, unless private messages are waiting for them. */
function useSwitch(shown: Conversation | undefined, waiting: Record<string, number>, become: Props["become"]) {
  const phone = usePhone();
  const latest = useRef({ waiting, channel: null as string | null });
  latest.current = { waiting, channel: !phone && shown?.kind === "channel" ? shown.id : null };
  return useCallback((id: string) => become(id, latest.current.waiting[id] ? null : latest.current.channel), [become]);
}

function useTitle(all: Conversation[] | undefined, person: Person, company: string): void {
  const unread = (all ?? []).reduce((sum, each) => sum + each.unread, 0);
  useEffect(() => {
    document.title = `${unread ? `(${unread}) ` : ""}${person.name} · ${company}`;
  }, [unread, person.name, company]);
}
