// Where the page is: `#/person/conversation/tab`, so that reload, Back and links work.

import { useCallback, useEffect, useState } from "react";

export interface Route {
  person: string | null;
  conversation: string | null;
  tab: "messages" | "home";
}

function read(): Route {
  const [person, conversation, tab] = window.location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { person: person || null, conversation: conversation || null, tab: tab === "home" ? "home" : "messages" };
}

function written({ person, conversation, tab }: Route): string {
  const parts = [person, conversation, conversation && tab === "home" ? "home" : null];
  return `#/${parts.filter((part) => part !== null).map(encodeURIComponent).join("/")}`;
}

/** `go` changes a part of the route; with `silently` the change makes no step for the Back button. */
export type Go = (change: Partial<Route>, silently?: boolean) => void;

export function useRoute(): [Route, Go] {
  const [route, setRoute] = useState(read);

  useEffect(() => {
    const follow = () => setRoute(read());
    window.addEventListener("popstate", follow);
    window.addEventListener("hashchange", follow);
    return () => {
      window.removeEventListener("popstate", follow);
      window.removeEventListener("hashchange", follow);
    };
  }, []);

  const go: Go = useCallback((change, silently) => {
    const next = { ...read(), ...change };
    if (written(next) !== window.location.hash) {
      window.history[silently ? "replaceState" : "pushState"](null, "", written(next));
    }
    setRoute(next);
  }, []);

  return [route, go];
}
