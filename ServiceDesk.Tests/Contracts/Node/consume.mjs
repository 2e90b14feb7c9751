// A consumer that knows nothing but the published documents: reads messages of a topic from its beginning, as
// CloudEvents in either mode, and checks each against the schema that it names. Prints a JSON document for each.
//
//   node consume.mjs BROKERS TOPIC COUNT FOLDER
import { readFile, readdir } from 'node:fs/promises';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Kafka as CloudEvents } from 'cloudevents';
import { Kafka, logLevel } from 'kafkajs';

const [brokers, topic, count, folder] = process.argv.slice(2);

const ajv = addFormats(new Ajv2020({ allErrors: true }));
for (const file of await readdir(`${folder}/events`)) {
  ajv.addSchema(JSON.parse(await readFile(`${folder}/events/${file}`, 'utf8')));
}

function read({ key, value, headers }) {
  const texts = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, text.toString()]));
  const event = CloudEvents.toEvent({ key: key.toString(), value: value.toString(), headers: texts });
  event.validate();
  const fits = ajv.getSchema(event.dataschema);
  const errors = fits === undefined ? [`no schema ${event.dataschema}`]
    : fits(event.data) ? []
    : fits.errors.map(error => `${error.instancePath} ${error.message}`);
  if (event.subject !== key.toString()) errors.push(`key ${key} is not the subject ${event.subject}`);
  if (event.id !== event.data.event_id) errors.push(`${event.id} is not the event_id ${event.data.event_id}`);
  const mode = texts['content-type'].startsWith('application/cloudevents+json') ? 'structured' : 'binary';
  return { id: event.id, type: event.type, subject: event.subject, mode, errors };
}

const kafka = new Kafka({ clientId: 'contracts', brokers: brokers.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `contracts-${topic}-${process.pid}` });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
let left = Number(count);
await new Promise((resolve, reject) => {
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  consumer.run({
    eachMessage: async ({ message }) => {
      if (left === 0) return;
      let result;
      try {
        result = read(message);
      } catch (error) {
        result = { errors: [error.message] };
      }
      console.log(JSON.stringify(result));
      left -= 1;
      if (left === 0) resolve();
    },
  });
});
// The group is this process's own, and ends with it.
process.exit(0);
