// The radio pages under mouse and keyboard, and without scripts; what a finding becomes is told in radio.mjs.
import { password } from "./stage.mjs";
import { Visitor, fact } from "./teller.mjs";

/** A receiver whose latest day the page shows by itself. */
const RECEIVER = "station=JH-01&receiver=FM-1";

export async function waterfall(browser, stage) {
  const engineer = await Visitor.come(browser, stage);
  await engineer.signIn("monitor1", password);
  await stations(engineer);
  await spectrum(engineer);
  await occupancy(engineer);
  await engineer.leave();
  const clerk = await Visitor.come(browser, stage);
  await clerk.signIn("licence1", password);
  const status = await clerk.go("/work/radio/spectrum");
  fact(status === 403, `${clerk.name}: who keeps no packages is refused`, String(status));
  await clerk.says("监测工程师", "the refusal says whose right it is");
  await clerk.leave();
}

async function stations(engineer) {
  await engineer.go("/work");
  await engineer.page.click("nav a[href='/work/radio']");
  for (const name of ["临江监测站", "东屿监测站", "南岸监测站", "保护性监测"]) await engineer.says(name, `the overview names ${name}`);
  await engineer.sound("radio overview");
}

async function spectrum(engineer) {
  const { page } = engineer;
  await engineer.go(`/work/radio/spectrum?${RECEIVER}`);
  await engineer.says("dB（相对值，未校准）", "levels that are not calibrated are called relative");
  await engineer.says("江海交通广播", "assignments of the band are named");
  if (!engineer.scripts) {
    const drawn = await page.locator(".radio-picture path.mean").getAttribute("d");
    fact(drawn.length > 1000, `${engineer.name}: the server draws the spectrum`, String(drawn.length));
    fact(await page.locator(".radio-picture").isVisible(), `${engineer.name}: it is seen without scripts`);
    return;
  }
  await page.waitForSelector("[data-waterfall][data-ready=true]");
  const plot = page.locator(".waterfall__plot");
  const shades = await plot.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, Math.floor(canvas.height / 2), canvas.width, 40);
    return new Set(Array.from({ length: data.length / 4 }, (_, at) => data.slice(at * 4, at * 4 + 3).join())).size;
  });
  fact(shades > 40, `${engineer.name}: the waterfall shows levels`, `${shades} colours`);
  await engineer.sound("spectrum and waterfall");
  const read = () => page.locator(".waterfall__read").innerText();
  await plot.focus();
  await page.keyboard.press("p");
  fact(/\d+\.\d{4} MHz.*-?\d+\.\d dB/.test(await read()), `${engineer.name}: the peak key finds a peak`, await read());
  await page.keyboard.press("Enter");
  await page.keyboard.press("p");
  await page.keyboard.press("Enter");
  fact((await page.locator(".waterfall__marks li").count()) === 2, `${engineer.name}: Enter sets markers`);
  fact((await page.locator(".waterfall__marks").innerText()).includes("kHz"), `${engineer.name}: markers tell how far apart they are`);
  const width = async () => {
    const query = new URL(await page.locator("[data-here]").evaluate((link) => link.href)).searchParams;
    return Number(query.get("high")) - Number(query.get("low"));
  };
  const before = await width();
  await page.keyboard.press("+");
  fact(Math.abs((await width()) - before / 2) < 0.01, `${engineer.name}: plus zooms in`, `${before} to ${await width()} MHz`);
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.7);
  await page.mouse.wheel(0, -400);
  await page.waitForTimeout(50);
  fact((await width()) < before / 2, `${engineer.name}: the wheel zooms in`, `${await width()} MHz`);
  fact(/\d{4}-\d\d-\d\d \d\d:\d\d/.test(await read()), `${engineer.name}: the pointer reads time and frequency`, await read());
  await plot.focus();
  await page.keyboard.press("0");
  fact(Math.abs((await width()) - before) < 0.01, `${engineer.name}: nought shows everything again`, `${await width()} MHz`);
  await page.keyboard.press("x");
  fact((await page.locator(".waterfall__marks li").count()) === 0, `${engineer.name}: x clears the markers`);
}

async function occupancy(engineer) {
  await engineer.page.click("main form.filters a[href^='/work/radio/occupancy']");
  await engineer.says("未监测", "hours in which nobody listened are said to be unmonitored");
  await engineer.says("FM-02 江海交通广播", "channels are those assigned");
  await engineer.sound("occupancy");
}
