// Validates Kubernetes documents, a file with a JSON array, against the API's own types. Prints one line for each
// error, then the kinds without a known schema.
import { readFile } from 'node:fs/promises';

const packages = ['kubernetes-models', '@kubernetes-models/keda', '@kubernetes-models/prometheus-operator'];
const absent = ['ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'];

async function modelOf({ apiVersion, kind }) {
  for (const name of packages) {
    try {
      return (await import(`${name}/${apiVersion}/${kind}`))[kind];
    } catch (error) {
      if (!absent.includes(error.code)) throw error;
    }
  }
  return undefined;
}

// The schemas let unknown fields pass, and a misspelt one has no effect. A field that the validation of its document
// never looks at is one that the API does not know.
function watched(value, path, unread) {
  if (value === null || typeof value !== 'object') return value;
  for (const key of Array.isArray(value) ? [] : Object.keys(value)) unread.add(`${path}/${key}`);
  const inner = new Map();
  const get = key => {
    if (!inner.has(key)) inner.set(key, watched(value[key], `${path}/${key}`, unread));
    return inner.get(key);
  };
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return target[key];
      unread.delete(`${path}/${key}`);
      return get(key);
    },
    ownKeys(target) {
      Object.keys(target).forEach(key => unread.delete(`${path}/${key}`));
      return Reflect.ownKeys(target);
    },
  });
}

const unknown = new Set();
for (const document of JSON.parse(await readFile(process.argv[2]))) {
  const Model = await modelOf(document);
  if (Model === undefined) {
    unknown.add(document.kind);
    continue;
  }
  const model = new Model(document);
  const unread = new Set();
  const name = `${document.kind}/${document.metadata?.name}`;
  try {
    const fields = Object.entries(model).map(([key, value]) => [key, watched(value, `/${key}`, unread)]);
    const data = Object.fromEntries(fields);
    model.validate.call(Object.assign(Object.create(Object.getPrototypeOf(model)), data));
  } catch (error) {
    console.log(`invalid: ${name}: ${error.message}`);
  }
  for (const path of unread) console.log(`invalid: ${name}: unknown field ${path}`);
}
console.log(`unknown: ${[...unknown].sort().join(' ')}`);
