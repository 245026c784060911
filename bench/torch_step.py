"""The same LoRA step in PyTorch with transformers and PEFT, eager, f32: a line in is one step, a line out its milliseconds."""

import json
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

job = json.loads(sys.stdin.readline())
torch.set_num_threads(job["threads"])
torch.manual_seed(0)
model = LlamaForCausalLM(LlamaConfig(**job["config"]))
lora = LoraConfig(r=16, lora_alpha=32, lora_dropout=0.0, target_modules=job["targets"], task_type="CAUSAL_LM")
model = get_peft_model(model, lora)
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-3, weight_decay=0.0)
tokens = torch.tensor(job["tokens"])
labels = torch.tensor(job["labels"])
print("ready", flush=True)
for _ in sys.stdin:
    begun = time.perf_counter()
    loss = model(input_ids=tokens, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    float(loss.detach())
    print((time.perf_counter() - begun) * 1000, flush=True)
