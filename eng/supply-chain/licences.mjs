// Prints the packages in the images with their licences: node eng/supply-chain/licences.mjs > docs/licences.md
// It reads what the last restore found. Versions are in the images' SBOMs.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const programs = ["Migrator", "TicketApi", "OutboxRelay", "Notifier", "Operator"];

// Of files whose text is in the package, and of packages older than licence expressions.
const known = {
  "https://github.com/confluentinc/librdkafka/blob/master/LICENSES.txt": "BSD-2-Clause and others",
};

// Some sources have these as packages, others lack them (docs/decisions/0008).
const standIns = ["Aspire.Confluent.Kafka", "AspNetCore.HealthChecks.Kafka"];

/** The licence in a package's nuspec. */
function licenceOf(folders, library) {
  for (const folder of folders) {
    const file = join(folder, library.path, library.files.find(f => f.endsWith(".nuspec")));
    let text;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      if (error.code === "ENOENT") continue;
      throw error;
    }
    const [, expression] = text.match(/<license type="expression">([^<]+)</) ?? [];
    const [, url] = text.match(/<licenseUrl>([^<]+)</) ?? [];
    return expression ?? known[url] ?? `unknown: ${url}`;
  }
  throw new Error(`${library.path} is in none of ${folders}: restore first`);
}

const found = new Map();
for (const program of programs) {
  const assets = JSON.parse(readFileSync(join(root, `ServiceDesk.${program}/obj/project.assets.json`), "utf8"));
  for (const [id, target] of Object.entries(Object.values(assets.targets)[0])) {
    const name = id.split("/")[0];
    const runs = Object.keys(target).some(key => ["runtime", "native", "runtimeTargets"].includes(key));
    if (target.type !== "package" || !runs || standIns.includes(name)) continue;
    const licence = licenceOf(Object.keys(assets.packageFolders), assets.libraries[id]);
    if (!found.has(name)) found.set(name, { licence, programs: [] });
    found.get(name).programs.push(program);
  }
}
for (const name of standIns) {
  found.set(name, { licence: name.startsWith("Aspire") ? "MIT" : "Apache-2.0", programs: [] });
}

console.log(`# Licences

What is in the images beside .NET's own runtime (MIT) and the base image. \`node eng/supply-chain/licences.mjs\` writes
this page, and a test fails while it is stale. ServiceDesk itself is under the [MIT licence](../LICENSE).

| package | licence | in |
|---|---|---|`);
for (const [name, { licence, programs: users }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const where = users.join(", ") || "relay and notifier, where the package source has it";
  console.log(`| ${name} | ${licence} | ${where} |`);
}
