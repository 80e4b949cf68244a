from lossviz.losses.base import Loss, MarginLoss, Pieces, ResidualLoss

__all__ = ["Loss", "MarginLoss", "Pieces", "ResidualLoss"]
