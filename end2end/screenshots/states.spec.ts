// Every state at three widths, light and dark: <folder>/<state>-<width>-<scheme>.png
import { test } from "../fixtures/test";
import { SETTINGS, STATES } from "../fixtures/states";

const FOLDER = process.env.SCREENSHOTS ?? "../target/screenshots";
const SIZES = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 360, height: 740 },
];

test.use({ settings: SETTINGS, viewport: SIZES[0] ?? null });

for (const { name, arrange } of STATES) {
  test(name, async ({ person, server, network, mishaps }) => {
    const ada = await person("Ada", { through: network });
    await arrange({ ada, server, network, mishaps });
    for (const size of SIZES) {
      await ada.page.setViewportSize(size);
      for (const colorScheme of ["light", "dark"] as const) {
        await ada.page.emulateMedia({ colorScheme });
        await ada.page.screenshot({
          path: `${FOLDER}/${name}-${size.width}-${colorScheme}.png`,
          animations: "disabled",
          caret: "hide",
        });
      }
    }
  });
}
