"""
Trains a language model of Sequitur on any number of processes and machines:

    torchrun --nproc-per-node 8 train.py --model model --tokens tokens.bin --output trained

`tokens.bin` holds token ids as int32. The folder `output` holds the last state, from which the same command resumes, and can
be opened by `LanguageModel.fromPretrained` at any time. With --shard the parameters are divided among the processes (FSDP).
"""

import argparse
import contextlib
import importlib.util
import math
import os

import torch
import torch.distributed as distributed


def options():
    parser = argparse.ArgumentParser(description="Trains a language model of Sequitur.")
    parser.add_argument("--model", required=True)
    parser.add_argument("--tokens", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--batch", type=int, default=8, help="windows of each process and step")
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--learning-rate", type=float, default=3e-4)
    parser.add_argument("--warm-up", type=int, default=100)
    parser.add_argument("--save-every", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shard", action="store_true")
    return parser.parse_args()


def modeling_of(folder):
    """The Python file that the model carries."""
    spec = importlib.util.spec_from_file_location("modeling_sequitur", os.path.join(folder, "modeling_sequitur.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def wrapped(model, modeling, device, shard):
    if not shard:
        ids = [device.index] if device.type == "cuda" else None
        return torch.nn.parallel.DistributedDataParallel(model, device_ids=ids)
    from torch.distributed.fsdp import FullyShardedDataParallel
    from torch.distributed.fsdp.wrap import ModuleWrapPolicy

    policy = ModuleWrapPolicy({modeling.PreNormBlock, modeling.MixerBlock})
    return FullyShardedDataParallel(model, auto_wrap_policy=policy, device_id=device, use_orig_params=True)


def whole_state(parallel, shard):
    """The parameters on the processor of the first process."""
    if not shard:
        return parallel.module.state_dict()
    from torch.distributed.fsdp import FullStateDictConfig, FullyShardedDataParallel, StateDictType

    config = FullStateDictConfig(offload_to_cpu=True, rank0_only=True)
    with FullyShardedDataParallel.state_dict_type(parallel, StateDictType.FULL_STATE_DICT, config):
        return parallel.state_dict()


def save(model, parallel, optimizer, step, args, rank):
    state = whole_state(parallel, args.shard)
    if rank == 0:
        model.save(args.output, state)
        progress = {"step": step, "optimizer": None if args.shard else optimizer.state_dict()}
        torch.save(progress, os.path.join(args.output, "progress.pt.part"))
        os.replace(os.path.join(args.output, "progress.pt.part"), os.path.join(args.output, "progress.pt"))
    distributed.barrier()


def windows(tokens, step, args, rank, world):
    """Other windows for every step and process, the same whenever a run resumes."""
    random = torch.Generator().manual_seed((args.seed * 1_000_003 + step) * world + rank)
    starts = torch.randint(0, len(tokens) - args.length, (args.batch,), generator=random)
    return torch.stack([tokens[start : start + args.length + 1].long() for start in starts.tolist()])


def rate(step, args):
    warm = min(1.0, step / max(1, args.warm_up))
    share = max(0.0, (step - args.warm_up) / max(1, args.steps - args.warm_up))
    return args.learning_rate * warm * (0.1 + 0.45 * (1 + math.cos(math.pi * min(1.0, share))))


def main():
    args = options()
    on_gpu = torch.cuda.is_available()
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    rank, world = distributed.get_rank(), distributed.get_world_size()
    device = torch.device("cuda", int(os.environ["LOCAL_RANK"])) if on_gpu else torch.device("cpu")
    if on_gpu:
        torch.cuda.set_device(device)
    progress = os.path.join(args.output, "progress.pt")
    resumes = os.path.exists(progress)
    modeling = modeling_of(args.model)
    model = modeling.SequiturModel.from_folder(args.output if resumes else args.model).to(device)
    parallel = wrapped(model, modeling, device, args.shard)
    optimizer = torch.optim.AdamW(parallel.parameters(), lr=args.learning_rate, betas=(0.9, 0.95), weight_decay=0.1)
    step = 0
    if resumes:
        saved = torch.load(progress, map_location=device)
        step = saved["step"]
        if saved["optimizer"]:
            optimizer.load_state_dict(saved["optimizer"])
    size = os.path.getsize(args.tokens) // 4
    tokens = torch.from_file(args.tokens, size=size, dtype=torch.int32)
    mixed = torch.autocast("cuda", dtype=torch.bfloat16) if on_gpu else contextlib.nullcontext()
    while step < args.steps:
        step += 1
        for group in optimizer.param_groups:
            group["lr"] = rate(step, args)
        ids = windows(tokens, step, args, rank, world).to(device)
        with mixed:
            loss = modeling.next_token_loss(parallel(ids), ids)
        loss.backward()
        clip = parallel.clip_grad_norm_ if args.shard else lambda norm: torch.nn.utils.clip_grad_norm_(
            parallel.parameters(), norm
        )
        clip(1.0)
        optimizer.step()
        optimizer.zero_grad()
        if rank == 0 and (step % 10 == 0 or step == args.steps):
            print(f"step {step}, loss {loss.item():.4f}", flush=True)
        if step % args.save_every == 0 or step == args.steps:
            save(model, parallel, optimizer, step, args, rank)
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
