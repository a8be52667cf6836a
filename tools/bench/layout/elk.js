// Reads graphs in elkjs's JSON, one per line, and writes each with its layout and `milliseconds`.
const ELK = require(require.resolve("elkjs/lib/elk.bundled.js", { paths: [process.argv[2]] }));
const elk = new ELK();

async function main() {
  const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
  for (const line of lines) {
    const graph = JSON.parse(line);
    const start = performance.now();
    let result;
    try {
      result = await elk.layout(graph);
      result.milliseconds = performance.now() - start;
    } catch (error) {
      result = { failed: String(error) };
    }
    process.stdout.write(JSON.stringify(result) + "\n");
  }
}
main();
