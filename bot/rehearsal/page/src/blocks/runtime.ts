// Sits between slack-blocks-to-jsx and React (see build.mjs): restores hidden signs, and keeps ids from repeating.

import { Fragment, jsx as reactJsx, jsxs as reactJsxs } from "react/jsx-runtime";
import type { ElementType, Key } from "react";
import { restore } from "../format/safeText";

type Props = Record<string, unknown>;

const shown = (child: unknown): unknown =>
  typeof child === "string" ? restore(child) : Array.isArray(child) ? child.map(shown) : child;

// The renderer's ids are action_id and block_id: two cards on a page would share them.
function mended(type: ElementType, props: Props): Props {
  if (typeof type !== "string") return props;
  const { id, ...rest } = props;
  if ("children" in rest) rest["children"] = shown(rest["children"]);
  if (typeof rest["aria-label"] === "string") rest["aria-label"] = restore(rest["aria-label"]);
  return id === undefined ? rest : { ...rest, "data-id": id };
}

// Its headings are always h3; here the level above is always h1.
const level = (type: ElementType): ElementType => (type === "h3" ? "h2" : type);

export const jsx = (type: ElementType, props: Props, key?: Key) => reactJsx(level(type), mended(type, props), key);
export const jsxs = (type: ElementType, props: Props, key?: Key) => reactJsxs(level(type), mended(type, props), key);
export { Fragment };
