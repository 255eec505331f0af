// What parameters an action has, according to the official SDK's model classes.
import { SingleSendMailRequest } from '@alicloud/dm20151123';
import { QuerySendDetailsRequest, SendSmsRequest } from '@alicloud/dysmsapi20170525';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Refusal } from './signature.mjs';

const require = createRequire(import.meta.url);

// Parameters of the console's own; nobody else sends them.
const kLegacy = new Set(['OwnerId', 'OwnerAccount', 'ResourceOwnerId', 'ResourceOwnerAccount']);

// {name: {type, required}} of a model class. Only its documentation says what is required: it is read
// from the declarations beside the class.
function parametersOf(packageName, model) {
  const folder = path.dirname(require.resolve(packageName));
  const file = path.join(folder, 'models', `${model.name}.d.ts`);
  const declaration = fs.readFileSync(file, 'utf8').split(`class ${model.name} `)[1];
  const required = new Set();
  for (const [, comment, field] of declaration.matchAll(/\/\*\*([\s\S]*?)\*\/\s*(\w+)\?:/g)) {
    if (comment.includes('This parameter is required.')) required.add(field);
  }
  const types = model.types();
  return Object.fromEntries(Object.entries(model.names())
    .filter(([, wire]) => !kLegacy.has(wire))
    .map(([field, wire]) => [wire, { type: types[field], required: required.has(field) }]));
}

// The npm registry has no package of the voice product, so its parameters are written down here.
// source: API reference of dyvmsapi 2017-05-25, SingleCallByTts
const kSingleCallByTts = {
  CalledNumber: { type: 'string', required: true },
  CalledShowNumber: { type: 'string' },
  OutId: { type: 'string' },
  PlayTimes: { type: 'number' },
  Speed: { type: 'number' },
  TtsCode: { type: 'string', required: true },
  TtsParam: { type: 'string' },
  Volume: { type: 'number' },
};

export const kModels = {
  SendSms: parametersOf('@alicloud/dysmsapi20170525', SendSmsRequest),
  QuerySendDetails: parametersOf('@alicloud/dysmsapi20170525', QuerySendDetailsRequest),
  SingleCallByTts: kSingleCallByTts,
  SingleSendMail: parametersOf('@alicloud/dm20151123', SingleSendMailRequest),
};

// Refuses parameters that the model does not have, lacks or has in another form.
export function judgeParameters(action, parameters) {
  const model = kModels[action];
  for (const [name, { required }] of Object.entries(model)) {
    if (required && !parameters[name]) {
      throw new Refusal(400, `Missing${name}`, `${name} is mandatory for this action.`);
    }
  }
  for (const [name, value] of Object.entries(parameters)) {
    const known = model[name] ?? model[name.split('.')[0]];  // Attachments.1.AttachmentName
    if (!known) throw new Refusal(400, 'InvalidParameter.Unknown', `${action} has no ${name}`);
    if (known.type === 'number' && !/^-?\d+$/.test(value)) {
      throw new Refusal(400, `Invalid${name}`, `${name}: want a number`);
    }
    if (known.type === 'boolean' && !/^(true|false)$/.test(value)) {
      throw new Refusal(400, `Invalid${name}`, `${name}: want true or false`);
    }
  }
}
