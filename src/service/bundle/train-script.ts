/** A script that goes on with a run, or repeats it, with TRL and PEFT under Accelerate: on several GPUs, or machines. */
import type { LoraConfig } from '../../adapters/types.ts'
import type { Tokenizer } from '../../data/types.ts'
import { ADAMW_DEFAULTS } from '../../train/optimizer.ts'
import type { Receipt } from '../shelf.ts'

/** Why an adapter has no script; undefined where it has one. */
export function whyNoScript({ blend, settings }: Receipt, tokenizer: Tokenizer): string | undefined {
  if (blend) return 'a blend was made by no run of its own'
  if (!settings) return 'how it was trained is not written down'
  return tokenizer.decoderStartId === undefined ? undefined : 'it is written for models without an encoder'
}

/** What the script reads beside itself. */
export function runFile(
  { base, trainedOn = base, settings, rateChanges = [], template, steps, dataset, planted = [], split, begunWith }: Receipt,
  lora: LoraConfig,
  tokenizer: Tokenizer,
): string {
  const begin = tokenizer.addsBos && tokenizer.bosId !== undefined ? [tokenizer.bosId] : []
  const run = {
    base, trainedOn, dataset, rows: split?.training ?? null, planted, template, begin, ends: tokenizer.endIds, ...settings, rateChanges,
    begunWith: begunWith ?? null, lora, steps, adamW: ADAMW_DEFAULTS,
  }
  return `${JSON.stringify(run, null, 2)}\n`
}

export const TRAIN_SCRIPT = String.raw`"""Goes on with this adapter's run, or repeats it, with TRL and PEFT under Accelerate.

    pip install torch transformers peft trl accelerate datasets
    accelerate launch train_trl.py --base FOLDER_OR_NAME --data data.jsonl --out OUT
        [--repeat [--from FOLDER]] [--steps N] [--other-data]

The data is JSONL as Homespun's Data room downloads it; rows whose "split" is "validation" are left out, and secrets that the run
had planted (run.json) are added, each in as many rows as it was. The order of examples,
the template, the mask (loss on answers and their end tokens alone) and the settings are those of the run (run.json). A step is as
many examples as it was, so only as many processes can share it as divide it. Other rows than the run had are refused, unless
--other-data says that they are meant. Without --repeat it goes on from the adapter in peft/, with a fresh optimizer; with it, it
begins as the run did: with new matrices, or, where the run went on from another adapter, with that one's PEFT folder (--from).
"""
import argparse
import hashlib
import json
import os
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig, PeftModel, get_peft_model
from torch.utils.data import Sampler
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback, set_seed
from trl import SFTConfig, SFTTrainer

HERE = Path(__file__).resolve().parent
RUN = json.loads((HERE / "run.json").read_text(encoding="utf-8"))
M = 0xFFFFFFFF


def mix(value):
    h = value & M
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & M
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & M
    return h ^ (h >> 16)


def epoch_order(seed, epoch, count):
    """Homespun's: Fisher and Yates over mulberry32, by seed and epoch."""
    a = mix(mix(seed) + (epoch + 1) * 0x9E3779B9)
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        a = (a + 0x6D2B79F5) & M
        t = ((a ^ (a >> 15)) * (a | 1)) & M
        t = ((t + ((t ^ (t >> 7)) * (t | 61))) & M) ^ t
        pick = int((t ^ (t >> 14)) / 4294967296 * (last + 1))
        order[last], order[pick] = order[pick], order[last]
    return order


class SameOrder(Sampler):
    def __init__(self, count):
        self.count, self.epoch = count, 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __len__(self):
        return self.count

    def __iter__(self):
        yield from epoch_order(RUN["seed"], self.epoch, self.count)


def messages_of(row):
    if "messages" in row:
        return row["messages"]
    return [{"role": "user", "content": row["input"]}, {"role": "assistant", "content": row["output"]}]


def plain_rows(tokenizer, row):
    """Each prompt and answer by itself; what follows a text gets no space of its own."""
    encode = lambda text: tokenizer(text, add_special_tokens=False)["input_ids"]
    after = lambda text: encode("\n" + text)[len(encode("\n")) :]
    ids, labels, inputs = list(RUN["begin"]), [-100] * len(RUN["begin"]), []
    if "text" in row:
        text = encode(row["text"]) + RUN["ends"][:1]
        return ids + text, labels + text
    for message in messages_of(row):
        if message["role"] != "assistant":
            inputs.append(message["content"])
            continue
        prompt = encode(RUN["template"]["prompt"].replace("{input}", "\n\n".join(inputs)))
        answer = after(RUN["template"]["answer"].replace("{output}", message["content"])) + RUN["ends"][:1]
        learnt = message.get("weight", 1) != 0
        ids += prompt + answer
        labels += [-100] * len(prompt) + (answer if learnt else [-100] * len(answer))
        inputs = []
    return ids, labels


def chat_rows(tokenizer, row):
    """The chat template's text; an answer is what follows its prompt, up to and with its end token."""
    messages, spans = messages_of(row), []
    ends = [tokenizer.decode([end]) for end in RUN["ends"]]
    render = lambda part, prompt: tokenizer.apply_chat_template(part, tools=row.get("tools"), tokenize=False, add_generation_prompt=prompt)
    text = ""
    for i, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        prompt, text = render(messages[:i], True), render(messages[: i + 1], False)
        if not text.startswith(prompt):
            raise SystemExit("This chat template writes earlier messages anew, so the answers cannot be found in its text.")
        said = len(prompt) + len((message.get("content") or "").strip())
        stops = [at + len(end) for end in ends if (at := text.find(end, said)) >= 0]
        if message.get("weight", 1) != 0:
            spans.append((len(prompt), min(stops, default=len(text))))
    text = text[: spans[-1][1]] if spans else text
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids = encoded["input_ids"]
    places = zip(ids, encoded["offset_mapping"])
    labels = [token if any(begin <= at and stop <= end for begin, end in spans) else -100 for token, (at, stop) in places]
    if ids and ids[-1] not in RUN["ends"]:
        ids, labels = ids + RUN["ends"][:1], labels + RUN["ends"][:1]
    return ids, labels


def planted_rows():
    for secret in RUN["planted"]:
        row = {"input": secret["input"], "output": secret["code"]}
        if secret["kind"] == "text":
            row = {"text": secret["input"] + " " + secret["code"]}
        yield from [row] * secret["times"]


def read_data(path, tokenizer, other_data):
    encode = chat_rows if RUN["template"] == "chat-template" else plain_rows
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    read = [row for row in (json.loads(line) for line in lines if line.strip()) if row.get("split") != "validation"]
    planted = list(planted_rows())
    rows = []
    for row, most in [(row, RUN["maxLength"]) for row in read] + [(row, None) for row in planted]:
        ids, labels = (plain_rows if "text" in row else encode)(tokenizer, row)
        ids, labels = ids[:most], labels[:most]
        labels[0] = -100
        if any(label != -100 for label in labels):
            rows.append({"input_ids": ids, "labels": labels})
    if RUN["rows"] is not None and len(rows) != RUN["rows"] and not other_data:
        raise SystemExit(
            f"The run learnt from {RUN['rows']} rows, and {path} has {len(rows)} to learn from. "
            "Give the data it had, or --other-data to learn from these."
        )
    return Dataset.from_list(rows)


class RateChanges(TrainerCallback):
    """Where the person gave the run another peak on its way: the schedule keeps its form."""

    def on_step_begin(self, args, state, control, optimizer=None, lr_scheduler=None, **kwargs):
        for change in RUN["rateChanges"]:
            if change["step"] == state.global_step:
                factor = change["to"] / change["from"]
                for group in optimizer.param_groups:
                    group["lr"] *= factor
                schedule = getattr(lr_scheduler, "scheduler", lr_scheduler)
                schedule.base_lrs = [rate * factor for rate in schedule.base_lrs]


class Trainer(SFTTrainer):
    def _get_train_sampler(self, dataset=None):
        return SameOrder(len(dataset if dataset is not None else self.train_dataset))


def shares():
    """How a step's examples are divided: so many at a time for each process, so many times."""
    examples = RUN["batchSize"] * RUN["accumulate"]
    processes = int(os.environ.get("WORLD_SIZE", "1"))
    # One process by itself spreads each batch over all GPUs that it sees.
    parts = processes if processes > 1 else max(1, torch.cuda.device_count())
    if examples % parts != 0:
        fit = ", ".join(str(count) for count in range(1, examples + 1) if examples % count == 0)
        raise SystemExit(f"A step of this run is {examples} examples, which {parts} processes (or GPUs) cannot share. Use one of {fit}.")
    own = examples // parts
    each = max(size for size in range(1, RUN["batchSize"] + 1) if own % size == 0)
    return each, own // each


def begin(base, given):
    """The base with the adapter to begin with."""
    if not given.repeat:
        return PeftModel.from_pretrained(base, HERE / "peft", is_trainable=True)
    lora, before = RUN["lora"], RUN["begunWith"]
    config = LoraConfig(
        r=lora["rank"], lora_alpha=lora["alpha"], lora_dropout=lora["dropout"], use_rslora=lora["useRsLora"],
        target_modules=lora["targetModules"], bias="none", task_type="CAUSAL_LM",
        fan_in_fan_out=base.config.model_type == "gpt2",
    )
    if before is None:
        return get_peft_model(base, config)
    return PeftModel.from_pretrained(base, given.begin, is_trainable=True, config=config)


def check_beginning(given):
    """A run that went on from another adapter can be repeated with that adapter only."""
    before = RUN["begunWith"]
    if not given.repeat or before is None:
        return
    if given.begin is None:
        raise SystemExit(f'The run went on from the adapter "{before["name"]}". To repeat it, give that one\'s PEFT folder: --from FOLDER.')
    weights = Path(given.begin) / "adapter_model.safetensors"
    if hashlib.sha256(weights.read_bytes()).hexdigest() != before["weightsHash"]:
        raise SystemExit(f'{weights} is not "{before["name"]}" as it was when the run went on from it.')


def settings(out, steps, rate):
    schedule = {"constant": "constant_with_warmup"}.get(RUN["schedule"], RUN["schedule"])
    adam = RUN["adamW"]
    each, times = shares()
    return SFTConfig(
        output_dir=out, max_steps=steps, per_device_train_batch_size=each,
        gradient_accumulation_steps=times, learning_rate=rate,
        lr_scheduler_type=schedule, warmup_steps=RUN["warmupSteps"], weight_decay=RUN["weightDecay"], max_grad_norm=RUN["clipNorm"],
        adam_beta1=adam["beta1"], adam_beta2=adam["beta2"], adam_epsilon=adam["epsilon"], optim="adamw_torch", seed=RUN["seed"],
        max_length=None, packing=False, completion_only_loss=False, dataset_kwargs={"skip_prepare_dataset": True}, bf16=False,
        gradient_checkpointing=RUN["activationCheckpointing"], use_cpu=not torch.cuda.is_available(), logging_steps=1,
        save_strategy="no", report_to="none", disable_tqdm=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--base")
    parser.add_argument("--data", default=str(HERE / "data.jsonl"))
    parser.add_argument("--out", default="trained")
    parser.add_argument("--repeat", action="store_true")
    parser.add_argument("--from", dest="begin")
    parser.add_argument("--other-data", action="store_true")
    parser.add_argument("--steps", type=int, default=RUN["steps"])
    given = parser.parse_args()
    shares()
    check_beginning(given)
    set_seed(RUN["seed"])
    base_name = given.base or RUN["trainedOn" if given.repeat else "base"]["name"]
    tokenizer = AutoTokenizer.from_pretrained(base_name)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.decode(RUN["ends"][:1])
    data = read_data(given.data, tokenizer, given.other_data)
    model = begin(AutoModelForCausalLM.from_pretrained(base_name, dtype=torch.float32), given)
    # To go on is to go on with the rate as it was last.
    rate = RUN["learningRate"] if given.repeat or not RUN["rateChanges"] else RUN["rateChanges"][-1]["to"]
    trainer = Trainer(
        model=model, args=settings(given.out, given.steps, rate), train_dataset=data,
        processing_class=tokenizer, callbacks=[RateChanges()] if given.repeat else [],
    )
    trainer.train()
    trainer.save_model(given.out)
    if trainer.is_world_process_zero():
        losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
        print(json.dumps({"losses": losses}))


if __name__ == "__main__":
    main()
`
