// Everything of one person that changes by itself: conversations, views, what is waiting for others, the live stream.

import { useCallback, useRef } from "react";
import { paths } from "../api";
import type { Bell } from "../chat/Pane";
import type { Conversation, Happening, Person, Views } from "../types";
import { useFetched } from "./useFetched";
import { useLive } from "./useLive";
import { useOthers } from "./useOthers";

interface Elsewhere {
  clock: () => void;
  workspace: () => void;
}

export function usePersonsDesk(person: Person, people: Person[], elsewhere: Elsewhere) {
  const list = useFetched<{ conversations: Conversation[] }>(paths.person(person.id));
  const views = useFetched<Views>(paths.views(person.id));
  const [waiting, lookAtOthers] = useOthers(people, person.id);
  const bell: Bell = useRef<(channel?: string) => void>(() => {});
  const { reload: reloadList } = list;
  const { reload: reloadViews } = views;

  const everything = () => {
    reloadList();
    reloadViews();
    bell.current();
    elsewhere.clock();
    elsewhere.workspace();
    lookAtOthers();
  };

  const onHappening = ({ type, channel }: Happening) => {
    if (type === "modal" || type === "home") return reloadViews();
    if (type === "clock") return elsewhere.clock();
    if (type === "faults" || type === "people" || type === "mail") return elsewhere.workspace();
    if (type !== "unread") bell.current(channel);
    reloadList();
    lookAtOthers();
  };

  const live = useLive(person.id, onHappening, everything);
  const acted = useCallback(() => {
    reloadList();
    lookAtOthers();
  }, [reloadList, lookAtOthers]);

  return { list, views, waiting, live, bell, acted };
}

export type PersonsDesk = ReturnType<typeof usePersonsDesk>;
