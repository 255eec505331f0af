// The actions: what each demands beyond its parameters' names, and what it answers.
// source: the products' API references; docs/aliyun.md
import { Refusal } from './signature.mjs';

const kMaxMailBytes = 8 << 20;
const kPhone = /^(\+|00)?\d{5,20}$/;
const kLink = /https?:\/\/|www\./i;

const characters = (text) => [...text].length;

// A failure that SMS and voice tell within HTTP 200.
class Business extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// The variables of a template: an object of texts or numbers.
function templateVariables(json) {
  if (json === undefined) return {};
  let variables;
  try {
    variables = JSON.parse(json);
  } catch {
    throw new Business('isv.INVALID_JSON_PARAM');
  }
  if (variables === null || typeof variables !== 'object' || Array.isArray(variables)) {
    throw new Business('isv.INVALID_JSON_PARAM');
  }
  for (const value of Object.values(variables)) {
    if (typeof value !== 'string' && typeof value !== 'number') throw new Business('isv.INVALID_JSON_PARAM');
    if (kLink.test(value)) throw new Business('isv.PARAM_NOT_SUPPORT_URL');
  }
  return variables;
}

const inBeijing = (ms) => new Date(ms + 8 * 3_600_000).toISOString();

function sendSms(p, world) {
  const numbers = p.PhoneNumbers.split(',');
  if (numbers.length > 1000) throw new Business('isv.MOBILE_COUNT_OVER_LIMIT');
  if (!numbers.every((number) => kPhone.test(number))) throw new Business('isv.MOBILE_NUMBER_ILLEGAL');
  if (world.signNames && !world.signNames.includes(p.SignName)) throw new Business('isv.SMS_SIGNATURE_ILLEGAL');
  const template = world.templates ? world.templates[p.TemplateCode] : /^SMS_\d+$/.test(p.TemplateCode) && [];
  if (!template) throw new Business('isv.SMS_TEMPLATE_ILLEGAL');
  const variables = templateVariables(p.TemplateParam);
  if (template.some((name) => !(name in variables))) throw new Business('isv.TEMPLATE_MISSING_PARAMETERS');
  for (const value of Object.values(variables)) {
    const length = characters(String(value));
    if (length < 1 || length > 35) throw new Business('isv.PARAM_LENGTH_LIMIT');
    if (/[\r\n]/.test(value)) throw new Business('isv.INVALID_PARAMETERS');
  }
  const BizId = `${world.nextId()}^0`;
  for (const PhoneNum of numbers) {
    world.messages.push({
      BizId, PhoneNum, TemplateCode: p.TemplateCode, OutId: p.OutId ?? '', SendStatus: 3, ErrCode: 'DELIVERED',
      Content: `【${p.SignName}】${p.TemplateParam ?? ''}`, SendDate: inBeijing(world.now()).slice(0, 19).replace('T', ' '),
    });
  }
  return { Code: 'OK', Message: 'OK', BizId };
}

function querySendDetails(p, world) {
  if (!/^\d{8}$/.test(p.SendDate)) throw new Business('isv.INVALID_PARAMETERS');
  const size = Number(p.PageSize);
  const page = Number(p.CurrentPage);
  if (size < 1 || size > 50 || page < 1) throw new Business('isv.INVALID_PARAMETERS');
  const found = world.messages.filter((m) => m.PhoneNum === p.PhoneNumber
    && m.SendDate.slice(0, 10).replaceAll('-', '') === p.SendDate && (!p.BizId || m.BizId === p.BizId));
  const shown = found.slice((page - 1) * size, page * size).map(({ BizId: _, ...rest }) => rest);
  return {
    Code: 'OK', Message: 'OK', TotalCount: String(found.length), SmsSendDetailDTOs: { SmsSendDetailDTO: shown },
  };
}

function within(value, low, high) {
  if (value !== undefined && (Number(value) < low || Number(value) > high)) {
    throw new Business('isv.INVALID_PARAMETERS');
  }
}

function singleCallByTts(p, world) {
  if (!kPhone.test(p.CalledNumber)) throw new Business('isv.MOBILE_NUMBER_ILLEGAL');
  if (!/^TTS_\d+$/.test(p.TtsCode)) throw new Business('isv.TTS_TEMPLATE_ILLEGAL');
  within(p.PlayTimes, 1, 3);
  within(p.Volume, 0, 100);
  within(p.Speed, -500, 500);
  if (p.OutId !== undefined) within(Buffer.byteLength(p.OutId), 1, 15);
  const spoken = Object.values(templateVariables(p.TtsParam)).map(String).join('');
  if (characters(spoken) >= 250) throw new Business('isv.PARAM_LENGTH_LIMIT');
  return { Code: 'OK', Message: 'OK', CallId: `${world.nextId()}^1` };
}

function singleSendMail(p, world) {
  const refuse = (code) => { throw new Refusal(400, code); };
  if (!/^[^@\s]+@[^@\s]+$/.test(p.AccountName)) refuse('InvalidMailAddress.Malformed');
  if (world.senders && !world.senders.includes(p.AccountName)) {
    throw new Refusal(404, 'InvalidMailAddress.NotFound', 'The specified mail address is not found.');
  }
  if (!['0', '1'].includes(p.AddressType)) refuse('InvalidAddressType.Malformed');
  const to = p.ToAddress.split(',');
  if (to.length > 100 || !to.every((address) => /^[^@\s]+@[^@\s]+$/.test(address))) refuse('InvalidToAddress');
  if (characters(p.Subject) > 256 || /[\r\n]/.test(p.Subject)) refuse('InvalidSubject.Malformed');
  if (p.FromAlias !== undefined && characters(p.FromAlias) >= 15) refuse('InvalidFromAlias.Malformed');
  if (!p.TextBody && !p.HtmlBody) refuse('InvalidBody');
  if (Buffer.byteLength(p.TextBody ?? '') + Buffer.byteLength(p.HtmlBody ?? '') > kMaxMailBytes) refuse('InvalidBody');
  if (p.TagName !== undefined && !/^[\w-]{1,128}$/.test(p.TagName)) refuse('InvalidTagName.Malformed');
  return { EnvId: String(world.nextId()) };
}

// `in`: where the SDK puts the parameters.
export const kActions = {
  SendSms: { version: '2017-05-25', in: 'query', run: sendSms, sends: true },
  QuerySendDetails: { version: '2017-05-25', in: 'query', run: querySendDetails },
  SingleCallByTts: { version: '2017-05-25', in: 'query', run: singleCallByTts, sends: true },
  SingleSendMail: { version: '2015-11-23', in: 'form', run: singleSendMail, sends: true },
};

// → the body of an HTTP 200, without RequestId. Throws a Refusal for other statuses.
export function perform(action, parameters, world) {
  try {
    return kActions[action].run(parameters, world);
  } catch (error) {
    if (error instanceof Business) return { Code: error.code, Message: error.code };
    throw error;
  }
}
