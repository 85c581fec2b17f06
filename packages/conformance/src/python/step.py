"""
Reads cases from the standard input: {"modeling": folder, "cases": [{"folder", "trained", "ids", "learningRate"}]}. Opens
each model by the file that it carries, writes its logits, trains one step of SGD and saves it. One line of JSON a case.
"""

import importlib.util
import json
import os
import sys

import torch

torch.set_num_threads(1)


def modeling_of(folder):
    spec = importlib.util.spec_from_file_location("modeling_sequitur", os.path.join(folder, "modeling_sequitur.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


for case in json.load(sys.stdin):
    modeling = modeling_of(case["folder"])
    model = modeling.SequiturModel.from_folder(case["folder"])
    ids = torch.tensor(case["ids"])
    optimizer = torch.optim.SGD(model.parameters(), lr=case["learningRate"])
    logits = model(ids)
    loss = modeling.next_token_loss(logits, ids)
    loss.backward()
    optimizer.step()
    model.save(case["trained"])
    with torch.no_grad():
        after = model(ids)
    found = {"loss": loss.item(), "logits": logits.flatten().tolist(), "after": after.flatten().tolist()}
    print(json.dumps(found), flush=True)
