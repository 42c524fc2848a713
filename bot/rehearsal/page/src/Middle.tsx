// The middle of the desk: the head of the open conversation, and below it messages or the app's Home tab.

import { useState } from "react";
import { AppHome } from "./chat/AppHome";
import { MessagesPane } from "./chat/Pane";
import { PaneHead } from "./chat/PaneHead";
import { usePhone } from "./live/useMedia";
import type { PersonsDesk } from "./live/usePersonsDesk";
import type { Go, Route } from "./live/useRoute";
import { texts } from "./texts";
import type { Conversation, Person, Workspace } from "./types";
import { BotAvatar } from "./ui/Avatar";
import { Empty, Loading } from "./ui/States";

interface Props {
  workspace: Workspace;
  person: Person;
  shown: Conversation | undefined;
  desk: PersonsDesk;
  tab: Route["tab"];
  go: Go;
}

export function Middle({ workspace, person, shown, desk, tab, go }: Props) {
  const phone = usePhone();
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const { list, views, live, bell } = desk;
  const key = `${person.id}/${shown?.id ?? ""}`;
  const home = shown?.kind === "app" && tab === "home";
  const outside = person.standing === "foreign" && shown?.kind === "app" ? texts.outsider(person.name) : null;
  const shut = outside
    ? { title: outside, why: texts.outsiderWhy }
    : person.standing === "deactivated" ? { title: texts.deactivated(person.name), why: texts.deactivatedWhy } : null;
  // Home tells a guest which commands there are for them.
  const commands = person.standing === "guest" && shown?.kind === "app" ? [] : workspace.commands;
  const back = () => go({ conversation: null, tab: "messages" });
  const toPeople = () => document.querySelector<HTMLElement>(".person[aria-current]")?.focus();

  return (
    <section className="pane" aria-label={shown?.name} key={key}>
      {live.lost && <Lost retry={live.retry} />}
      {!shown && !phone && !list.error && <Loading />}
      {shown && (
        <PaneHead
          conversation={shown} person={person} tab={home ? "home" : "messages"} onTab={(chosen) => go({ tab: chosen })}
          onBack={back} onWho={phone ? back : toPeople}
        />
      )}
      {home && shut && <Empty title={shut.title} picture={<BotAvatar size={48} />}><p>{shut.why}</p></Empty>}
      {home && !shut && <AppHome view={views.data?.home ?? null} loaded={views.data !== undefined} reload={views.reload} />}
      {shown && !home && (
        <MessagesPane
          conversation={shown} bot={workspace.bot.name} commands={commands} bell={bell}
          barred={person.standing === "deactivated" ? texts.deactivated(person.name) : outside}
          draft={drafts[key] ?? ""} onDraft={(text) => setDrafts((before) => ({ ...before, [key]: text }))}
          onRead={list.reload} onSent={views.reload}
        />
      )}
    </section>
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
