// Measures and colours of a card in Teams, for Microsoft's own renderer.

import { HostConfig } from "adaptivecards";

const tone = (usual: string, subtle: string) => ({ default: usual, subtle });

interface Palette {
  ink: string;
  inkSubtle: string;
  accent: string;
  attention: string;
  good: string;
  warning: string;
  card: string;
  emphasis: string;
  line: string;
}

const LIGHT: Palette = {
  ink: "#242424", inkSubtle: "#616161", accent: "#5b5fc7", attention: "#c4314b", good: "#237b4b", warning: "#835c00",
  card: "#ffffff", emphasis: "#f5f5f5", line: "#e0e0e0",
};

const DARK: Palette = {
  ink: "#ffffff", inkSubtle: "#adadad", accent: "#9ea2ff", attention: "#fb6a80", good: "#92c353", warning: "#f8d22a",
  card: "#292929", emphasis: "#3d3d3d", line: "#525252",
};

function container(colours: Palette, backgroundColor: string) {
  const foregroundColors = {
    default: tone(colours.ink, colours.inkSubtle),
    dark: tone(colours.ink, colours.inkSubtle),
    light: tone(colours.inkSubtle, colours.inkSubtle),
    accent: tone(colours.accent, colours.accent),
    attention: tone(colours.attention, colours.attention),
    good: tone(colours.good, colours.good),
    warning: tone(colours.warning, colours.warning),
  };
  return { backgroundColor, foregroundColors };
}

/** A card's looks on a light or a dark Teams. */
export function hostConfig(dark: boolean): HostConfig {
  const colours = dark ? DARK : LIGHT;
  return new HostConfig({
    fontFamily: "var(--font)",
    fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
    lineHeights: { small: 16, default: 20, medium: 22, large: 24, extraLarge: 32 },
    fontWeights: { lighter: 300, default: 400, bolder: 600 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: colours.line },
    supportsInteractivity: true,
    actions: {
      maxActions: 6, spacing: "default", buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left",
      showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
    },
    containerStyles: { default: container(colours, colours.card), emphasis: container(colours, colours.emphasis) },
    textStyles: { heading: { size: "large", weight: "bolder", color: "default", isSubtle: false } },
    inputs: {
      label: {
        inputSpacing: "small",
        requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" },
        optionalInputs: { weight: "bolder" },
      },
      errorMessage: { spacing: "small", weight: "default" },
    },
  });
}
