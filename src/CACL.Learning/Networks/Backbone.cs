namespace CACL.Learning.Networks;

/// <summary>The backbones of METHOD.md §4.</summary>
public enum Backbone
{
    /// <summary>ResNet-18, 512 channels.</summary>
    ResNet18,

    /// <summary>ResNet-50, 2048 channels.</summary>
    ResNet50,
}
