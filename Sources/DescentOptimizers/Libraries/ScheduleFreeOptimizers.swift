internal import DescentSpecs

/// The package `schedulefree` of the method's authors, 1.4.1, in training mode: the path is that of y.
enum ScheduleFreeOptimizers {
  static let rules: [LibraryRule] = [
    LibraryRule(
      "AdamWScheduleFree", adamW, "scheduleFree(\(inner), \(shared), warmup: {warmup_steps}, momentum: {betas.0})"),
    LibraryRule(
      "AdamWScheduleFreePaper", adamW,
      "scheduleFree(\(inner), \(shared), warmup: {warmup_steps}, momentum: {betas.0}, style: paper)"),
    LibraryRule(
      "AdamWScheduleFreeReference", adamWReference,
      "scheduleFree(\(inner), \(shared), warmup: {warmup_steps}, momentum: {betas.0})"),
    LibraryRule(
      "RAdamScheduleFree",
      "params, lr=0.0025, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, r=0.0, "
        + "weight_lr_power=2.0, foreach=True, silent_sgd_phase=True",
      "scheduleFree(radam(beta2: {betas.1}, epsilon: {eps}, weightDecay: {weight_decay}, decoupled: true), \(shared), "
        + "momentum: {betas.0})"),
    LibraryRule("SGDScheduleFree", sgd, sgdTemplate),
    LibraryRule("SGDScheduleFreeReference", sgd, sgdTemplate),
    LibraryRule("ScheduleFreeWrapper", "base, weight_decay_at_y=0.0, momentum=0.9, weight_lr_power=2, r=0", rate: nil) {
      arguments throws(SpecError) in
      let inner = try arguments.inner("base")
      guard inner.hasPrefix("sgd") else {
        throw arguments.error(
          "must be SGD: the wrapper keeps z where other optimizers expect an empty state", on: "base")
      }
      return "scheduleFree(\(inner), \(shared), momentum: {momentum})"
    },
    .refused("AdamWScheduleFreeClosure", "it moves at another point of the step; AdamWScheduleFree can be"),
    .refused("SGDScheduleFreeClosure", "it moves at another point of the step; SGDScheduleFree can be"),
    .refused("RAdamScheduleFreeClosure", "it moves at another point of the step; RAdamScheduleFree can be"),
  ]

  private static let adamWReference =
    "params, lr=0.0025, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, warmup_steps=0, r=0.0, weight_lr_power=2.0"
    + ", decay_at_z=False, foreach=False"
  private static let adamW =
    "params, lr=0.0025, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, warmup_steps=0, r=0.0, weight_lr_power=2.0, "
    + "foreach=True"
  private static let sgd =
    "params, lr=1.0, momentum=0.9, weight_decay=0, warmup_steps=0, r=0.0, weight_lr_power=2, foreach=True"
  private static let inner = "adamw(beta2: {betas.1}, epsilon: {eps}, weightDecay: {weight_decay})"
  private static let shared = "r: {r}, weightPower: {weight_lr_power}"
  private static let sgdTemplate =
    "scheduleFree(sgd(weightDecay: {weight_decay}), \(shared), warmup: {warmup_steps}, momentum: {momentum})"
}
