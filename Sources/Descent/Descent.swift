// One import for the whole library. Each module also stands alone as a product of its own.
@_exported public import DescentAutodiff
@_exported public import DescentCharts
@_exported public import DescentCore
@_exported public import DescentCurvature
@_exported public import DescentData
@_exported public import DescentDiagnosis
@_exported public import DescentFinder
@_exported public import DescentModels
@_exported public import DescentOptimizers
@_exported public import DescentReports
@_exported public import DescentSchedules
@_exported public import DescentSpecs
@_exported public import DescentStore
@_exported public import DescentStudies
@_exported public import DescentTraining
