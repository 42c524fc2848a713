// The switch that makes the workspace misbehave.

import { setMood } from "../api";
import { texts } from "../texts";
import type { Workspace } from "../types";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { useToast } from "../ui/Toast";

export const WELL = "ok";

export function Mood({ workspace, reload }: { workspace: Workspace; reload: () => void }) {
  const toast = useToast();
  const { mode } = workspace.faults;
  const label = workspace.fault_modes.find((each) => each.mode === mode)?.label ?? mode;
  const items = workspace.fault_modes.map((each) => ({ value: each.mode, label: each.label }));
  const choose = async (chosen: string) => {
    const outcome = await setMood(chosen);
    if (!outcome.ok && outcome.error) toast(outcome.error);
    reload();
  };
  return (
    <Menu items={items} chosen={mode} label={texts.moodNow(label)} className={`bar-button mood ${mode === WELL ? "" : "alarm"}`} onChoose={(value) => void choose(value)}>
      {mode !== WELL && <Icon name="warning" size={15} />}
      <span className="mood-title">{texts.mood}: </span>
      {label}
      <Icon name="chevron" size={14} />
    </Menu>
  );
}
