// Loads the workspace and picks the person; the desk does everything else.

import { useCallback, useEffect } from "react";
import { paths } from "./api";
import { Desk } from "./Desk";
import { forget, useFetched } from "./live/useFetched";
import { useRoute } from "./live/useRoute";
import { useStored } from "./live/useStored";
import { texts } from "./texts";
import type { Workspace } from "./types";
import { Failed, Loading } from "./ui/States";
import { Toasts } from "./ui/Toast";

export function App() {
  const workspace = useFetched<Workspace>(paths.state);
  const [route, go] = useRoute();
  const [last, remember] = useStored<string | null>("person", null);
  const people = workspace.data?.people ?? [];
  const person = [route.person, last].map((id) => people.find((each) => each.id === id)).find(Boolean) ?? people[0];

  useEffect(() => {
    if (person && route.person !== person.id) go({ person: person.id }, true);
  }, [person, route.person, go]);

  const become = useCallback(
    (id: string, conversation: string | null) => {
      if (id !== person?.id) forget(paths.person(id)); // choosing the same person again fetches nothing
      remember(id);
      go({ person: id, conversation, tab: "messages" });
    },
    [go, remember, person?.id],
  );

  if (!workspace.data || !person) {
    return (
      <main className="opening">
        {workspace.error ? <Failed error={workspace.error} retry={workspace.reload} /> : <Loading label={texts.loadingPage} />}
      </main>
    );
  }
  return (
    <Toasts>
      <Desk workspace={workspace.data} reloadWorkspace={workspace.reload} person={person} route={route} go={go} become={become} />
    </Toasts>
  );
}
