// Draws <figure data-chart-library> from the JSON inside it. The table beneath says the same.
(() => {
  "use strict";
  const drawn = new Map(); // figure → {chart, data}
  let library = null;
  let onPaper = false;

  const load = (address) => {
    library = library || new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => resolve(window.echarts);
      script.onerror = reject;
      document.head.append(script);
    });
    return library;
  };

  // The tokens' colours, those of the theme or those of paper.
  const palette = () => {
    const place = onPaper ? document.getElementById("paper-colours") : null;
    const style = getComputedStyle(place || document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    const names = ["ink", "ink-2", "ink-3", "paper", "line", "line-2", "font-sans",
      "accent", "grey", "red", "yellow", "green", "blue"];
    return Object.fromEntries(names.map((name) => [name, colour(name)]));
  };
  const SHAPES = {
    ink: "circle", "ink-2": "emptyCircle", "ink-3": "roundRect",
    accent: "circle", green: "circle", yellow: "triangle", red: "rect", blue: "diamond", grey: "emptyCircle",
  };
  const shown = (value) =>
    value === null || value === undefined ? "—" : Number(value).toLocaleString(document.documentElement.lang);
  const last = (values) => {
    for (let at = values.length - 1; at >= 0; at -= 1) if (values[at] !== null) return at;
    return -1;
  };
  const width = (text, size) => {
    let ems = 0;
    for (const sign of text) ems += sign.charCodeAt(0) < 256 ? 0.58 : 1;
    return Math.ceil(ems * size);
  };

  const line = (series, colours, font) => {
    const end = last(series.values);
    const colour = colours[series.tone];
    const isLong = series.dashed && series.values.length > 12; // its points would hide the others
    return {
      type: series.pointsOnly ? "scatter" : "line",
      name: series.name,
      symbol: SHAPES[series.tone],
      // Without any point at its end the name of a long path would not be shown.
      symbolSize: series.pointsOnly ? 9 : isLong ? 0.1 : 6,
      showSymbol: true,
      connectNulls: series.dashed, // a path leads from one promise to the next
      itemStyle: { color: colour },
      lineStyle: { color: colour, width: 2, type: series.dashed ? "dashed" : "solid" },
      emphasis: { disabled: true },
      data: series.values.map((value, at) =>
        at === end && !series.quiet
          ? {
              value,
              label: {
                show: true, position: "right", distance: 8, formatter: series.name,
                color: colour, fontSize: 12, fontFamily: font,
              },
            }
          : isLong ? { value, symbol: "none" } : value),
    };
  };

  const bars = (series, colours, font, data) => ({
    type: "bar",
    name: series.name,
    stack: data.kind === "stacked" ? "all" : undefined,
    barMaxWidth: 28,
    itemStyle: series.hollow
      ? { color: colours.paper, borderColor: colours[series.tone], borderWidth: 2 }
      : {
        color: colours[series.tone], borderColor: colours.paper,
        borderWidth: data.kind === "stacked" ? 1 : 0,
      },
    emphasis: { disabled: true },
    label: {
      show: data.kind === "bar" && data.series.length * data.categories.length <= 24,
      position: data.lying ? "right" : "top", color: colours["ink-2"], fontSize: 12,
      fontFamily: font, formatter: (item) => (item.value ? shown(item.value) : ""),
    },
    // An outline around nothing would be a stroke on the axis.
    data: series.values.map((value) =>
      series.hollow && !value ? { value, itemStyle: { borderWidth: 0 } } : value),
  });

  const axes = (data, colours, text) => {
    const names = {
      type: "category",
      data: data.categories,
      inverse: data.lying,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours["line-2"] } },
      axisLabel: Object.assign({ hideOverlap: !data.lying, interval: data.lying ? 0 : "auto" }, text),
    };
    const figures = {
      type: "value",
      min: data.kind === "line" ? undefined : 0,
      max: data.maximum === null ? undefined : data.maximum,
      scale: data.kind === "line" && data.maximum === null,
      splitNumber: 4,
      splitLine: { lineStyle: { color: colours.line } },
      axisLabel: Object.assign({ formatter: shown, hideOverlap: true }, text),
    };
    if (data.kind === "line" && data.maximum !== null) figures.min = 0;
    if (data.maximum === 100) figures.interval = 25;
    return data.lying ? { xAxis: figures, yAxis: names } : { xAxis: names, yAxis: figures };
  };

  const options = (data) => {
    const colours = palette();
    const font = getComputedStyle(document.body).fontFamily;
    const text = { color: colours["ink-2"], fontSize: 12, fontFamily: font };
    const isLine = data.kind === "line";
    // Names at the ends of a few lines; a row of names above where there are more, or bars.
    const direct = isLine && data.series.length <= 4;
    const longest = direct ? Math.max(...data.series.map((one) => width(one.name, 12))) : 0;
    const legend = !direct && data.series.length > 1;
    const make = (one) =>
      isLine ? line(Object.assign({ quiet: !direct }, one), colours, font) : bars(one, colours, font, data);
    return Object.assign(axes(data, colours, text), {
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily: font },
      grid: {
        left: 4, top: legend ? 36 : 16, bottom: 4, right: direct ? longest + 16 : 32, containLabel: true,
      },
      legend: legend
        ? { show: true, top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: text, selectedMode: false }
        : { show: false },
      tooltip: {
        trigger: "axis",
        renderMode: "richText", // the HTML one writes style attributes, which the CSP refuses
        confine: true,
        axisPointer: { type: isLine ? "line" : "shadow", animation: false },
        backgroundColor: colours.paper,
        borderColor: colours["line-2"],
        textStyle: Object.assign({}, text, { color: colours.ink }),
        formatter: (items) =>
          [items[0].axisValueLabel || items[0].name]
            .concat(items.filter((item) => item.value !== null && item.value !== undefined && item.value !== "-")
              .map((item) => `${item.seriesName}  ${shown(item.value)}${data.unit}`))
            .join("\n"),
      },
      series: data.series.map(make),
    });
  };

  // Names at the ends of lines: where another line or name runs through the place of one, it goes
  // up or down to the nearest place that is free.
  const STEPS = [0, -16, 16, -24, 24, -32, 32, -44, 44, -56, 56];
  const crosses = ([[xa, ya], [xb, yb]], box) => {
    const from = Math.max(xa, box.left);
    const to = Math.min(xb, box.right);
    if (from > to) return false;
    const at = (x) => (xb === xa ? ya : ya + ((yb - ya) * (x - xa)) / (xb - xa));
    return Math.max(at(from), at(to)) > box.top && Math.min(at(from), at(to)) < box.bottom;
  };
  const spread = (chart, data) => {
    if (data.kind !== "line" || data.series.length > 4) return;
    const pixels = ({ values }) =>
      values.flatMap((value, at) =>
        value === null ? [] : [chart.convertToPixel({ xAxisIndex: 0, yAxisIndex: 0 }, [at, value])]);
    const paths = data.series.map((one) => {
      const points = pixels(one);
      return points.map((point, at) => [points[Math.max(0, at - 1)], point]);
    });
    const taken = [];
    const ends = data.series
      .map((one, index) => ({ index, name: one.name, at: last(one.values), path: paths[index] }))
      .filter(({ at }) => at >= 0)
      .map((end) => Object.assign(end, { point: end.path[end.path.length - 1][1] }))
      .sort((one, other) => one.at - other.at || one.point[1] - other.point[1]);
    const series = data.series.map(() => ({}));
    for (const { index, name, at, point: [x, y] } of ends) {
      const box = (step) => ({
        left: x + 6, right: x + 10 + width(name, 12), top: y + step - 8, bottom: y + step + 8,
      });
      const free = (step) => {
        const place = box(step);
        if (place.top < 0 || place.bottom > chart.getHeight()) return false;
        const meets = (other) => other.left < place.right && place.left < other.right
          && other.top < place.bottom && place.top < other.bottom;
        return !taken.some(meets)
          && !paths.some((path, other) => other !== index && path.some((part) => crosses(part, place)));
      };
      const step = STEPS.find(free) || 0;
      taken.push(box(step));
      if (step) {
        const items = chart.getOption().series[index].data.slice();
        const item = items[at];
        items[at] = Object.assign({}, item, {
          label: Object.assign({}, item.label, { offset: [0, step] }),
        });
        series[index] = { data: items };
      }
    }
    chart.setOption({ series });
  };
  const show = (chart, data) => {
    chart.setOption(options(data), true);
    spread(chart, data);
  };

  const draw = (figure) => {
    const box = figure.querySelector(".chart-canvas");
    const source = figure.querySelector('script[type="application/json"]');
    if (!box || !source || drawn.has(figure)) return;
    load(figure.dataset.chartLibrary).then((echarts) => {
      if (drawn.has(figure) || !figure.isConnected) return;
      const data = JSON.parse(source.textContent);
      box.hidden = false;
      if (data.lying) box.style.height = `${box.dataset.rows * 28 + 56}px`;
      const chart = echarts.init(box, null, { renderer: "canvas" });
      show(chart, data);
      drawn.set(figure, { chart, data });
      figure.querySelector(".chart-figures").open = false;
      new ResizeObserver(() => {
        chart.resize();
        show(chart, data);
      }).observe(box);
    }).catch(() => {
      // The table stays open and says all.
    });
  };

  const near = "IntersectionObserver" in window
    ? new IntersectionObserver((entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          near.unobserve(entry.target);
          draw(entry.target);
        }
      }, { rootMargin: "400px" })
    : { observe: draw };
  const look = (root) => {
    for (const figure of drawn.keys()) {
      if (!figure.isConnected) {
        drawn.get(figure).chart.dispose();
        drawn.delete(figure);
      }
    }
    root.querySelectorAll("[data-chart-library]").forEach((figure) => near.observe(figure));
  };
  const redraw = (forPaper) => {
    onPaper = forPaper;
    drawn.forEach(({ chart, data }) => show(chart, data));
  };

  document.addEventListener("htmx:afterSettle", () => look(document));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => redraw(false));
  // On paper the table stands open beneath its picture, but for a long one that the picture tells.
  const LONG = 12;
  window.addEventListener("beforeprint", () => {
    redraw(true);
    document.querySelectorAll(".chart-figures").forEach((box) => {
      box.dataset.was = box.open ? "open" : "";
      box.open = !drawn.has(box.closest("figure")) || box.querySelectorAll("tbody tr").length <= LONG;
    });
  });
  window.addEventListener("afterprint", () => {
    redraw(false);
    document.querySelectorAll(".chart-figures").forEach((box) => {
      box.open = box.dataset.was === "open";
    });
  });
  look(document);
})();
